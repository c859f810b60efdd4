"""One's own password, and for admins: who may sign in, with which roles."""

from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from flask import abort, request
from flask_admin import expose
from flask_security import current_user, logout_user
from sqlalchemy import select

from webapp.admin.frame.base import Screen, actor, back_to, complain, needs, toast
from webapp.admin.frame.rights import Right
from webapp.admin.frame.session import reading, saving
from webapp.backoffice.people.people import (
    SHORTEST_PASSWORD,
    PersonFault,
    add_person,
    change_person,
    set_password,
)
from webapp.database import utc_now
from webapp.models.people import Person, RoleName

DUTIES = {
    RoleName.BOOKKEEPER: "ledgers, journals, what becomes of an order's books",
    RoleName.MERCHANDISER: "mappings and stock; reads orders, without their buyers",
    RoleName.OPERATOR: "sites, Retry, shipping, held orders",
    RoleName.ADMIN: "everything, and who may sign in",
}


class PasswordScreen(Screen):
    @expose("/")
    def index(self) -> Any:
        return self._page({})

    @expose("/", methods=("POST",))
    @needs(Right.READ)
    def save(self) -> Any:
        old, new = request.form.get("old", ""), request.form.get("new", "")
        errors = {}
        if not _is_right(current_user.password, old):
            errors["old"] = "That is not your present password."
        if new != request.form.get("again", ""):
            errors["again"] = "It is not the same as the new password."
        if not errors:
            try:
                with saving() as session:
                    person = session.get_one(Person, current_user.id)
                    set_password(session, person, new, now=utc_now(), actor=actor())
            except PersonFault as fault:
                errors["new"] = str(fault)
        if errors:
            return self._page(errors), 422
        logout_user()
        toast("Your password is changed. Sign in with the new one.")
        return back_to("security.login")

    def _page(self, errors: dict[str, str]) -> Any:
        return self.render("people/password.html", errors=errors, shortest=SHORTEST_PASSWORD)


class PeopleScreen(Screen):
    right = Right.MANAGE_PEOPLE

    @expose("/")
    def index(self) -> Any:
        people = reading().scalars(select(Person).order_by(Person.email)).all()
        return self.render("people/list.html", people=people)

    @expose("/add")
    def add(self) -> Any:
        return self._form(None, {}, email="", roles=())

    @expose("/add", methods=("POST",))
    @needs(Right.MANAGE_PEOPLE)
    def create(self) -> Any:
        email, roles = request.form.get("email", ""), request.form.getlist("roles")
        try:
            with saving() as session:
                person = add_person(
                    session,
                    email=email,
                    password=request.form.get("password", ""),
                    roles=roles,
                    now=utc_now(),
                    actor=actor(),
                )
                name = person.email
        except PersonFault as fault:
            page = self._form(None, {fault.field: str(fault)}, email=email, roles=roles)
            return page, 422
        toast(f"{name} can sign in.")
        return back_to(".index")

    @expose("/<id:person_id>")
    def edit(self, person_id: int) -> Any:
        person = _known(person_id)
        return self._form(person, {}, roles=[role.name for role in person.roles])

    @expose("/<id:person_id>", methods=("POST",))
    @needs(Right.MANAGE_PEOPLE)
    def change(self, person_id: int) -> Any:
        known = _known(person_id)
        roles = request.form.getlist("roles")
        try:
            with saving() as session:
                person = session.get_one(Person, person_id)
                has_changed = change_person(
                    session,
                    person,
                    roles=roles,
                    is_active=request.form.get("active") == "yes",
                    now=utc_now(),
                    actor=actor(),
                )
        except PersonFault as fault:
            return self._form(known, {fault.field: str(fault)}, roles=roles), 422
        toast(f"{known.email} is saved." if has_changed else "Nothing was changed.")
        return back_to(".index")

    @expose("/<id:person_id>/password", methods=("POST",))
    @needs(Right.MANAGE_PEOPLE)
    def password(self, person_id: int) -> Any:
        known = _known(person_id)
        try:
            with saving() as session:
                person = session.get_one(Person, person_id)
                new = request.form.get("password", "")
                set_password(session, person, new, now=utc_now(), actor=actor())
        except PersonFault as fault:
            complain(str(fault))
            return back_to(".edit", person_id=person_id)
        toast(f"{known.email} has a new password, and is signed out everywhere.")
        return back_to(".index")

    def _form(
        self, known: Person | None, errors: dict[str, str], *, roles: Any, email: str = ""
    ) -> Any:
        return self.render(
            "people/form.html",
            known=known,
            errors=errors,
            roles=roles,
            email=known.email if known else email,
            duties=DUTIES,
            shortest=SHORTEST_PASSWORD,
        )


def _known(person_id: int) -> Person:
    person = reading().get(Person, person_id)
    if person is None:
        abort(404)
    return person


def _is_right(stored: str | None, password: str) -> bool:
    try:
        return PasswordHasher().verify(stored or "", password)
    except (VerificationError, ValueError):
        return False
