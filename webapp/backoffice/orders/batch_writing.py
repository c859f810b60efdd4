"""A batch of orders written whole, or one by one when the database refuses it."""

import logging

from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from webapp.backoffice.errors import Code, Problem
from webapp.backoffice.orders.booking import write_batch
from webapp.backoffice.orders.candidates import Candidate, Failure, traced
from webapp.backoffice.orders.order_rows import Forms
from webapp.backoffice.orders.scene import Scene
from webapp.backoffice.sites.backoff import next_attempt
from webapp.backoffice.states import State
from webapp.database import date_form, instant_form

REFUSED_ROWS = (IntegrityError, DataError, ValueError, TypeError, OverflowError)

log = logging.getLogger(__name__)


def write_candidates(session: Session, scene: Scene, candidates: list[Candidate]) -> None:
    """Write a batch whole; only when the database refuses it, order by order.

    So the bad order is named on itself and the rest land. OperationalError (the database is
    locked or away) is nobody's fault and is the caller's: nothing of the batch stands then.
    """
    connection = session.connection()
    # Mostly one and the same object, which says so sooner than all its fields.
    posting = {id(each.posting): each.posting for each in candidates if each.keeps_posting}
    # Numbered before the savepoint, which may be rolled back.
    numbers = {settings: scene.terms.number(settings) for settings in set(posting.values())}
    numbered = {key: numbers[settings] for key, settings in posting.items()}
    forms = Forms(
        site_id=scene.site.id,
        currency=scene.site.currency,
        now=scene.now,
        actor=scene.actor,
        terms_number=lambda settings: numbered[id(settings)],
        instant=instant_form(connection),
        day=date_form(connection),
    )
    try:
        with session.begin_nested():
            write_batch(session, candidates, forms, scene.run_id)
    except REFUSED_ROWS:
        log.warning("a batch of %d was refused whole; now one by one", len(candidates))
        for each in candidates:
            _write_alone(session, scene, each, forms)


def _write_alone(session: Session, scene: Scene, each: Candidate, forms: Forms) -> None:
    try:
        with session.begin_nested():
            write_batch(session, [each], forms, scene.run_id)
    except REFUSED_ROWS as fault:
        each.failure = _refusal(each, scene, fault)
        with session.begin_nested():
            write_batch(session, [each], forms, scene.run_id)


def _refusal(each: Candidate, scene: Scene, fault: Exception) -> Failure:
    """A row that another writer was faster with is tried again; any other is a fault of ours."""
    detail = traced(fault)
    if isinstance(fault, IntegrityError):
        again_at = next_attempt(
            scene.now,
            attempt=each.attempts,
            limit=scene.rules.attempt_limit,
            spread=each.order_id,
        )
        if again_at is not None:
            return Failure(
                state=State.RETRYING,
                problem=Problem(code=Code.DATABASE_BUSY),
                detail=detail,
                next_attempt_at=again_at,
            )
    return Failure(state=State.FAILED, problem=Problem(code=Code.INTERNAL_ERROR), detail=detail)
