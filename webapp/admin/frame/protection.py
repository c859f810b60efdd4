"""What the browser is told not to do, and what the server refuses: headers, CSRF, error pages."""

from flask import Flask, Response, abort, g, render_template, request
from flask.sessions import SecureCookieSessionInterface
from flask_security import current_user
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy import select
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter, Map

from webapp.admin.frame import kept_form
from webapp.admin.frame.rights import Right, needed_roles
from webapp.admin.frame.session import reading
from webapp.config import Config
from webapp.models.people import Person, Role

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
LARGEST_FORM = 1024 * 1024
LARGEST_ID = 2**63 - 1


class RowId(IntegerConverter):
    """An id in an address (`<id:order_id>`): a number that a database can look up, or a 404."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=LARGEST_ID)


class SessionCookie(SecureCookieSessionInterface):
    """The session's cookie is marked Secure whenever the request itself came over https."""

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure


def init_app(app: Flask, config: Config) -> None:
    app.config.update(
        SECRET_KEY=config.secret_key,
        SESSION_COOKIE_NAME="tillbridge",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        REMEMBER_COOKIE_HTTPONLY=True,
        REMEMBER_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=LARGEST_FORM,
        # A token lives as long as its session: a form left open over lunch can still be sent.
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.session_interface = SessionCookie()
    app.url_map.converters["id"] = RowId
    app.before_request(_refuse_nul)
    kept_form.init_app(app)
    CSRFProtect(app)
    app.after_request(_add_headers)
    app.register_error_handler(CSRFError, _token_missing)
    app.register_error_handler(HTTPException, _explain)


def _refuse_nul() -> None:
    """No keyboard makes this character, and PostgreSQL takes it nowhere."""
    for values in (request.args, request.form):
        if any("\0" in value for _, each in values.lists() for value in each):
            abort(400, "The request holds a character that no text has.")


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint != "static" and not response.headers.get("Cache-Control"):
        # Orders and buyers stay out of shared caches and of the browser's disk.
        response.headers["Cache-Control"] = "no-store"
    return response


def _token_missing(error: CSRFError) -> tuple[str, int]:
    """A form of ours whose token went with an earlier sign-in is offered once more."""
    form = kept_form.form_of_request() if current_user.is_authenticated else None
    if form is not None:
        return kept_form.offer_again(form, 400)
    return _page(
        400,
        "This form is no longer good",
        "It was left open too long, or it did not come from this site. Nothing was saved.",
    )


def _explain(error: HTTPException) -> tuple[str, int] | HTTPException:
    if error.code is None or error.code < 400:
        return error
    if error.code == 403:
        right = g.get("refused_right")
        holders = _who_may(right) if right else ()
        return render_template("errors/403.html", right=right, holders=holders), 403
    if error.code == 404:
        return _page(404, "There is nothing here", "The address is wrong, or the thing is gone.")
    if error.code >= 500:
        return _page(error.code, "Tillbridge itself failed", "It was written to the log.")
    return _page(error.code, error.name, error.description or "")


def _page(code: int, title: str, text: str) -> tuple[str, int]:
    return render_template("errors/other.html", code=code, title=title, text=text), code


def _who_may(right: Right) -> list[str]:
    """The people who hold a right, three at most; admins only when nobody else does."""
    people = (
        select(Person.email)
        .where(Person.active.is_(True), Person.roles.any(Role.name.in_(needed_roles(right))))
        .order_by(Person.id)
        .limit(3)
    )
    return list(reading().scalars(people))
