"""`/healthz` and `/metrics`: for monitors, without a sign-in."""

from dataclasses import dataclass
from hmac import compare_digest

from flask import Blueprint, Response, abort, current_app, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy.exc import DBAPIError

from webapp.admin.frame.session import backing
from webapp.backoffice.reports.health import (
    Finding,
    Found,
    Health,
    expected_since,
    troubles,
    warnings,
)
from webapp.backoffice.reports.health_facts import read_counts, read_health
from webapp.database import reading, utc_now
from webapp.migrations import HEAD
from webapp.migrations.state import migrated_to
from webapp.watching.metrics import metrics_text
from webapp.watching.queue_facts import QueueFacts, queue_facts
from webapp.webhooks import DOOR

pages = Blueprint("watching", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """`health` is None where the database could not be read."""

    health: Health | None
    queue: QueueFacts
    troubles: tuple[Found, ...]


@pages.get("/healthz")
def healthz() -> Response:
    """200 and "ok", or 503 with what is wrong; as text where the asker prefers that."""
    look = _look()
    warned = warnings(look.health) if look.health is not None else []
    status = 503 if look.troubles else 200
    word = "unhealthy" if look.troubles else "ok"
    if request.accept_mimetypes.best_match(["application/json", "text/plain"]) == "text/plain":
        lines = [word, *(each.message for each in (*look.troubles, *warned))]
        return Response("\n".join(lines) + "\n", status, mimetype="text/plain")
    answer = jsonify(
        status=word,
        reasons=[_shown(each) for each in look.troubles],
        warnings=[_shown(each) for each in warned],
    )
    answer.status_code = status
    return answer


@pages.get("/metrics")
def metrics() -> Response:
    """Prometheus' text format; with `TILLBRIDGE_METRICS_TOKEN` only for who has it."""
    token = backing().config.metrics_token
    if token is not None and not compare_digest(_bearer().encode(), token.encode()):
        abort(401, "Send the token of TILLBRIDGE_METRICS_TOKEN: Authorization: Bearer TOKEN.")
    look = _look()
    if look.health is None:
        return Response(look.troubles[0].message + "\n", 503, mimetype="text/plain")
    with reading(backing().engine) as session:
        numbers = read_counts(session, [site.id for site in look.health.sites])
    heard = current_app.extensions[DOOR].tally.counts()
    text = metrics_text(look.health, numbers, look.queue, look.troubles, heard)
    return Response(text, content_type=CONTENT_TYPE_LATEST)


def _look() -> Look:
    behind = backing()
    queue = queue_facts(behind.config)
    try:
        step = migrated_to(behind.engine)
        if step != HEAD:
            said = f"The database is at step {step or 'none'}, and this Tillbridge needs {HEAD}."
            return _blind(queue, Finding.DATABASE_OTHER_VERSION, f"{said} Run: bin/tillbridge init")
        with reading(behind.engine) as session:
            health = read_health(session, utc_now())
    except DBAPIError:
        return _blind(queue, Finding.DATABASE_AWAY, "The database cannot be read.")
    found = troubles(health)
    # Where nothing runs by itself, nobody has started a server for the queue.
    if not queue.is_there and (behind.config.redis_url or expected_since(health.sites)):
        found.append(Found(Finding.QUEUE_AWAY, "The queue's server does not answer."))
    return Look(health=health, queue=queue, troubles=tuple(found))


def _blind(queue: QueueFacts, finding: Finding, message: str) -> Look:
    return Look(health=None, queue=queue, troubles=(Found(finding, message),))


def _shown(each: Found) -> dict[str, str]:
    return {"code": each.finding.value, "message": each.message}


def _bearer() -> str:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token if kind.lower() == "bearer" else ""
