"""What every page shows around its content: the menu's counts, and sites that stand still."""

from time import monotonic
from typing import Any

from flask import Flask, Response, current_app, request
from flask_security import current_user
from sqlalchemy import func, select

from webapp.admin.frame.base import may
from webapp.admin.frame.formatters import CAP
from webapp.admin.frame.rights import Right, needed_roles
from webapp.admin.frame.session import reading
from webapp.admin.frame.sign_in import is_signed_in
from webapp.admin.frame.site_facts import all_sites, state_counts
from webapp.backoffice.reports.health import late_beat
from webapp.backoffice.reports.health_facts import read_expected_since
from webapp.backoffice.sites.pulse import last_beat
from webapp.backoffice.states import State
from webapp.database import utc_now
from webapp.models.catalogue import Kind, Listing

KEEP_SECONDS = 10
EXTENSION = "tillbridge_counts"


def init_app(app: Flask) -> None:
    forget_counts(app)
    app.context_processor(_around)
    app.after_request(_forget_after_a_change)


def forget_counts(app: Flask) -> None:
    """Read the menu's counts anew with the next page."""
    app.extensions[EXTENSION] = (float("-inf"), {})


def _forget_after_a_change(response: Response) -> Response:
    """Whoever changed something sees the counts that come of it, not those of before."""
    if request.method not in ("GET", "HEAD", "OPTIONS"):
        app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
        forget_counts(app)
    return response


def _around() -> dict[str, Any]:
    around: dict[str, Any] = {
        "may": may,
        "Right": Right,
        "needed_roles": needed_roles,
        "person": None,
        "menu_counts": {},
        "stopped_sites": (),
        "held_sites": (),
        "late_schedule": None,
        "main_admin": current_app.extensions["admin"][0],
    }
    if is_signed_in():
        around["person"] = current_user
        around["menu_counts"] = _counts()
        around["late_schedule"] = _late_schedule()
        around["stopped_sites"] = [site for site in all_sites() if site.stopped_at is not None]
        around["held_sites"] = [site for site in all_sites() if site.push_held_at is not None]
    return around


def _late_schedule() -> str | None:
    """Why nothing runs by itself, though it should."""
    session = reading()
    beat = last_beat(session)
    late = late_beat(beat.at if beat else None, read_expected_since(session), utc_now())
    return late.message if late else None


def _counts() -> dict[str, tuple[int, str]]:
    """What waits for a person, by the screen's endpoint; ten seconds old at most."""
    read_at, counts = current_app.extensions[EXTENSION]
    if monotonic() - read_at > KEEP_SECONDS:
        counts = _read_counts()
        current_app.extensions[EXTENSION] = (monotonic(), counts)
    return dict(counts)


def _read_counts() -> dict[str, tuple[int, str]]:
    session = reading()
    sites = all_sites()
    states = state_counts(session, [site.id for site in sites])
    waiting = sum(each[State.BLOCKED] + each[State.FAILED] for each in states.values())
    unmapped = (
        Listing.site_id.in_([site.id for site in sites]),
        Listing.kind == Kind.UNMAPPED.value,
        ~Listing.is_gone,
    )
    capped = select(Listing.id).where(*unmapped).limit(CAP + 1).subquery()
    return {
        "orders": (min(waiting, CAP + 1), "alert"),
        "sites": (sum(site.stopped_at is not None for site in sites), "bad"),
        "mapping": (session.scalar(select(func.count()).select_from(capped)) or 0, "alert"),
    }
