"""What every screen shares: the right that each request needs, who acts, how a form answers.

A screen names the right that reading it needs (`right`); every method that takes a POST names its
own with `@needs`, or nobody may send it. The check runs before the method, so a button that is
not shown cannot be forged either.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import abort, flash, g, redirect, request, url_for
from flask_admin import BaseView
from flask_security import current_user

from webapp.admin.frame.rights import Right, holds
from webapp.admin.frame.session import saving
from webapp.admin.frame.sign_in import ask_to_sign_in, is_signed_in
from webapp.backoffice.people.audit import record_change
from webapp.database import utc_now

Method = TypeVar("Method", bound=Callable[..., Any])


def needs(right: Right) -> Callable[[Method], Method]:
    """Mark a method of a screen with the right that calling it needs."""

    def mark(method: Method) -> Method:
        method.__dict__["right"] = right
        return method

    return mark


def may(right: Right) -> bool:
    """Whether the person of this request holds a right. Nobody signed in holds none."""
    return is_signed_in() and holds(current_user.role_names, right)


def actor() -> str:
    """The name that this person's doings are written under."""
    return str(current_user.email)


class Guarded:
    """Checks the right of each request; strangers go to the sign-in, others get 403."""

    right: Right = Right.READ
    under = ""  # the endpoint of the menu entry that this screen belongs to, if not its own

    def is_accessible(self) -> bool:
        return may(self.right)

    def _handle_view(self, name: str, **kwargs: Any) -> Any:
        if not is_signed_in():
            return ask_to_sign_in()
        right: Right | None = getattr(getattr(self, name), "right", None)
        is_unnamed = right is None and request.method not in ("GET", "HEAD", "OPTIONS")
        if is_unnamed or not may(right or self.right) or not self.is_accessible():
            refuse(right or self.right)
        return None


class Screen(Guarded, BaseView):
    """A screen of our own, drawn by a template."""


def refuse(right: Right) -> None:
    """Answer 403, and write down who tried what."""
    g.refused_right = right
    with saving() as session:
        record_change(
            session,
            now=utc_now(),
            actor=actor(),
            action="refused",
            subject="request",
            label=f"{request.method} {request.path}",
        )
    abort(403)


def back_to(endpoint: str, **values: Any) -> Any:
    """Redirect after a POST, so that reloading the page repeats nothing."""
    return redirect(url_for(endpoint, **values), code=303)


def toast(message: str) -> None:
    """Say after a redirect what was done."""
    flash(message, "done")


def complain(message: str) -> None:
    """Say after a redirect what was not done, and why."""
    flash(message, "wrong")
