"""Signing in and out: Flask-Security over our people, and a limit on failed tries.

A success never counts against the limit. Tries are counted in memory unless REDIS_URL is given:
then all web processes count together.
"""

from collections.abc import Callable
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort, g, redirect, render_template, request, url_for
from flask_limiter import Limiter, RateLimitExceeded
from flask_limiter.util import get_remote_address
from flask_security import RoleMixin, Security, SQLAlchemyUserDatastore, UserMixin, current_user
from sqlalchemy.orm import Mapped, relationship

from webapp.admin.frame.kept_form import FIELD as KEPT
from webapp.admin.frame.kept_form import offer_again, read_kept
from webapp.admin.frame.session import db
from webapp.config import Config
from webapp.models.people import Person, Role, person_roles

PAUSE_MINUTES = 10
TRIES_PER_ACCOUNT = 5
TRIES_PER_ADDRESS = 30


class VisitorRole(Role, RoleMixin):  # type: ignore[misc]  # their permissions are a list
    """A role as the sign-in sees it."""


class Visitor(Person, UserMixin):
    """A person as the sign-in sees them; the same row, no table of its own."""

    roles: Mapped[list[Any]] = relationship(VisitorRole, secondary=person_roles, viewonly=True)

    @property
    def role_names(self) -> frozenset[str]:
        return frozenset(role.name for role in self.roles)


def init_app(app: Flask, config: Config) -> None:
    app.config.update(
        SECURITY_LOGIN_URL="/sign-in",
        SECURITY_LOGOUT_URL="/sign-out",
        SECURITY_LOGIN_USER_TEMPLATE="sign_in.html",
        SECURITY_POST_LOGOUT_VIEW="/sign-in",
        # Plain argon2id, so that the command line can make people without the web.
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106 - the scheme's name
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_PASSWORD_SINGLE_HASH={"argon2"},
        SECURITY_PASSWORD_SALT="",
        SECURITY_RETURN_GENERIC_RESPONSES=True,
        SECURITY_MSG_GENERIC_AUTHN_FAILED=("Email or password is wrong.", "error"),
        SECURITY_EMAIL_VALIDATOR_ARGS={"test_environment": True},
        RATELIMIT_STORAGE_URI=_storage(config.redis_url),
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=bool(config.redis_url),
    )
    security = Security(app, SQLAlchemyUserDatastore(db, Visitor, VisitorRole))
    security.principal.skip_static = True
    limiter = Limiter(get_remote_address, app=app)
    app.view_functions["security.login"] = _limited(limiter, app.view_functions["security.login"])
    app.view_functions["security.verify"] = _nothing_here
    app.register_error_handler(RateLimitExceeded, _pause)
    security.login_context_processor(lambda: _tries_left(limiter))


def ask_to_sign_in() -> Any:
    """Send a stranger to the sign-in, and back afterwards."""
    if request.headers.get("HX-Request"):
        current = urlsplit(request.headers.get("HX-Current-URL", "")).path or "/"
        return "", 401, {"HX-Redirect": url_for("security.login", next=current)}
    if request.method != "GET":
        return redirect(url_for("security.login"))
    return redirect(url_for("security.login", next=request.full_path.rstrip("?")))


def is_signed_in() -> bool:
    return bool(current_user.is_authenticated)


def _storage(redis_url: str | None) -> str:
    if not redis_url:
        return "memory://"
    # The limits library wants the scheme in front of the socket's.
    return redis_url.replace("unix://", "redis+unix://", 1)


def _limited(limiter: Limiter, view: Callable[..., Any]) -> Callable[..., Any]:
    per_account = limiter.limit(
        f"{TRIES_PER_ACCOUNT} per {PAUSE_MINUTES} minutes",
        key_func=_account,
        methods=["POST"],
        deduct_when=_has_failed,
    )
    per_address = limiter.limit(
        f"{TRIES_PER_ADDRESS} per {PAUSE_MINUTES} minutes",
        methods=["POST"],
        deduct_when=_has_failed,
    )

    def sign_in(*args: Any, **kwargs: Any) -> Any:
        if request.is_json:
            abort(415, "Sign in with the form.")
        kept = read_kept()
        if kept is not None:
            g.kept_form = request.form[KEPT]
        answer = view(*args, **kwargs)
        if kept is None or not is_signed_in():
            return answer
        g.has_signed_in = True
        return offer_again(kept, 200)

    sign_in.__name__ = "login"
    return per_account(per_address(sign_in))


def _account() -> str:
    email = request.form.get("email", "").strip().casefold()
    return sha256(email.encode()).hexdigest()


def _has_failed(response: Response) -> bool:
    return response.status_code != 302 and not g.get("has_signed_in", False)


def _tries_left(limiter: Limiter) -> dict[str, Any]:
    tries = [limit.remaining - 1 for limit in limiter.current_limits]
    return {"tries_left": min(tries, default=None), "pause_minutes": PAUSE_MINUTES}


def _nothing_here() -> Any:
    """Flask-Security's page that asks for the password again: no screen of ours uses it."""
    abort(404)


def _pause(_: RateLimitExceeded) -> tuple[str, int, dict[str, str]]:
    page = render_template("sign_in.html", is_paused=True, pause_minutes=PAUSE_MINUTES)
    return page, 429, {"Retry-After": str(PAUSE_MINUTES * 60)}
