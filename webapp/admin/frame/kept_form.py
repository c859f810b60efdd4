"""What a person typed outlives their sign-in: kept in the page itself, signed, and sent again.

A form that arrives after its sign-in has ended is not lost: the sign-in page carries it along, and
the page after it offers to send it. Only a form that one of our own pages sent is kept; another
site must not put words into a person's mouth. Passwords and keys are never kept.
"""

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app, g, render_template, request, url_for
from flask_security import current_user
from itsdangerous import BadSignature, URLSafeTimedSerializer

FIELD = "kept"
SECONDS = 3600
LARGEST = 256 * 1024
SECRET = re.compile(r"password|secret|token|key|credential", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptForm:
    """Where a form was sent, and its fields in their order; `is_whole`: nothing was left out."""

    path: str
    fields: tuple[tuple[str, str], ...]
    is_whole: bool

    @property
    def page(self) -> str:
        """The page that people came from, as far as the browser says."""
        came_from = urlsplit(request.referrer or "")
        return came_from.path if came_from.netloc == request.host else "/"


def init_app(app: Flask) -> None:
    """Look at forms before their token is checked: that token went with the sign-in."""
    app.before_request(_keep)


def read_kept() -> KeptForm | None:
    """The form that a sign-in page carried along; None: there is none, or it is an hour old."""
    sealed = request.form.get(FIELD)
    if not sealed:
        return None
    try:
        path, fields, is_whole = json.loads(_seal().loads(sealed, max_age=SECONDS))
    except BadSignature:
        return None
    pairs = tuple((name, value) for name, value in fields)
    return KeptForm(path=path, fields=pairs, is_whole=is_whole)


def form_of_request() -> KeptForm | None:
    """The form of this request, if one of our pages sent it and it is not too large."""
    if request.method != "POST" or not _is_ours() or (request.content_length or 0) > LARGEST:
        return None
    every = [
        (name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"
    ]
    kept = tuple(pair for pair in every if not SECRET.search(pair[0]))
    is_whole = len(kept) == len(every) and not request.files
    return KeptForm(path=request.full_path.rstrip("?"), fields=kept, is_whole=is_whole)


def sealed(form: KeptForm) -> str:
    sealed_text: str = _seal().dumps(json.dumps([form.path, form.fields, form.is_whole]))
    return sealed_text


def offer_again(form: KeptForm, status: int) -> tuple[str, int]:
    """The page that sends a kept form once more, at a person's word."""
    return render_template("sign_in_again.html", kept=form), status


def _keep() -> Any:
    endpoint = request.endpoint or ""
    is_screen = "." in endpoint and not endpoint.startswith("security.")
    if request.method != "POST" or not is_screen or current_user.is_authenticated:
        return None
    if request.headers.get("HX-Request"):
        return "", 401, {"HX-Redirect": url_for("security.login", next=_current_page())}
    form = form_of_request()
    if form is None:
        return None
    g.kept_form = sealed(form)
    return render_template("sign_in.html", was_signed_out=True), 401


def _current_page() -> str:
    """The path of the page that a fragment was to be swapped into."""
    current = urlsplit(request.headers.get("HX-Current-URL", ""))
    return current.path if current.netloc == request.host else "/"


def _is_ours() -> bool:
    """Whether the browser says that a page of this site sent the form. Browsers always say."""
    origin = request.headers.get("Origin", "")
    return urlsplit(origin).netloc == request.host


def _seal() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="kept form")
