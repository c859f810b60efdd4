"""People who sign in: adding them, their roles, their passwords."""

import re
import secrets
from collections.abc import Sequence
from datetime import datetime

from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.backoffice.people.audit import record_change
from webapp.models.people import Person, Role, RoleName

SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 512
LONGEST_EMAIL = 255
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+|[^@\s]+@localhost")
_hasher = PasswordHasher()


class PersonFault(Exception):
    """Why a person cannot be saved: the field that is wrong, and a sentence."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def is_email(text: str) -> bool:
    return _EMAIL.fullmatch(text) is not None and len(text) <= LONGEST_EMAIL and text.isprintable()


def add_person(
    session: Session,
    *,
    email: str,
    password: str,
    roles: Sequence[str],
    now: datetime,
    actor: str | None = None,
) -> Person:
    """A new person who may sign in at once.

    PersonFault: the e-mail is none or taken, the password is too short, no role, an unknown role.
    """
    email = email.strip().lower()
    if not is_email(email):
        raise PersonFault("email", "Give an e-mail address, such as aina@shop.example.")
    if session.scalar(select(Person.id).where(Person.email == email)) is not None:
        raise PersonFault("email", f"{email} can sign in already.")
    found = _roles(session, roles)
    person = Person(
        email=email,
        password=hash_password(password),
        active=True,
        fs_uniquifier=secrets.token_hex(32),
        created_at=now,
        roles=found,
    )
    session.add(person)
    session.flush()
    record_change(
        session,
        now=now,
        actor=actor,
        action="add",
        subject="person",
        subject_id=person.id,
        label=email,
        after={"roles": sorted(role.name for role in found)},
    )
    return person


def change_person(
    session: Session,
    person: Person,
    *,
    roles: Sequence[str],
    is_active: bool,
    now: datetime,
    actor: str | None,
) -> bool:
    """Give a person these roles and switch the sign-in on or off. False: nothing changed.

    PersonFault: no role, an unknown role, or nobody with the role admin would be left.
    """
    found = _roles(session, roles)
    names = sorted(role.name for role in found)
    before = {"roles": role_names(person), "active": person.active}
    after = {"roles": names, "active": is_active}
    if before == after:
        return False
    stays_admin = is_active and RoleName.ADMIN in names
    if not stays_admin and not _other_admins(session, person):
        raise PersonFault("roles", "This is the last admin: give another person the role first.")
    person.roles = found
    person.active = is_active
    if not is_active:
        _end_sessions(person)
    session.flush()
    record_change(
        session,
        now=now,
        actor=actor,
        action="change",
        subject="person",
        subject_id=person.id,
        label=person.email,
        before=before,
        after=after,
    )
    return True


def set_password(
    session: Session, person: Person, password: str, *, now: datetime, actor: str | None
) -> None:
    """A new password; it ends every session of that person. PersonFault: too short."""
    person.password = hash_password(password)
    _end_sessions(person)
    session.flush()
    record_change(
        session,
        now=now,
        actor=actor,
        action="password",
        subject="person",
        subject_id=person.id,
        label=person.email,
    )


def hash_password(password: str) -> str:
    """The argon2id hash that is stored. PersonFault: the password is too short or too long."""
    if len(password) < SHORTEST_PASSWORD:
        raise PersonFault("password", f"Take at least {SHORTEST_PASSWORD} characters.")
    if len(password) > 512:
        raise PersonFault("password", f"Take at most {LONGEST_PASSWORD} characters.")
    return _hasher.hash(password)


def ensure_roles(session: Session) -> None:
    """The four roles, made where they are missing."""
    there = set(session.scalars(select(Role.name)))
    session.add_all(Role(name=name) for name in RoleName if name not in there)
    session.flush()


def role_names(person: Person) -> list[str]:
    return sorted(role.name for role in person.roles)


def _roles(session: Session, names: Sequence[str]) -> list[Role]:
    known = {name.value for name in RoleName}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise PersonFault(
            "roles", f"There is no role “{unknown[0]}”; there is: {', '.join(sorted(known))}."
        )
    if not names:
        raise PersonFault("roles", "Give at least one role.")
    ensure_roles(session)
    return list(session.scalars(select(Role).where(Role.name.in_(names)).order_by(Role.id)))


def _other_admins(session: Session, person: Person) -> bool:
    query = select(Person.id).where(
        Person.id != person.id,
        Person.active.is_(True),
        Person.roles.any(Role.name == RoleName.ADMIN),
    )
    return session.scalar(query.limit(1)) is not None


def _end_sessions(person: Person) -> None:
    person.fs_uniquifier = secrets.token_hex(32)
