"""The timeline of an order: one event for each change of state, in words a person understands."""

from collections.abc import Sequence
from typing import Any

from webapp.backoffice.orders.candidates import Candidate
from webapp.backoffice.orders.order_rows import Forms
from webapp.backoffice.states import State


def event_rows(
    candidates: Sequence[Candidate], forms: Forms, run_id: int | None
) -> list[tuple[Any, ...]]:
    """One event per order whose state, reason or effects changed, or that has a new version."""
    rows = []
    for each in candidates:
        before = each.known.state if each.known is not None else str(State.PENDING)
        code = str(each.problem.code) if each.problem else None
        if each.known is not None and each.version is None and not _changes(each, before, code):
            continue
        detail = each.failure.detail if each.failure is not None else None
        rows.append(
            (
                each.order_id,
                forms.instant(forms.now),
                before,
                str(each.state),
                code,
                message_of(each),
                each.attempts,
                forms.actor,
                detail,
                run_id,
            )
        )
    return rows


def _changes(each: Candidate, before: str, code: str | None) -> bool:
    plan = each.plan
    known_code = each.known.code if each.known is not None else None
    return (
        before != each.state.value
        or known_code != code
        or (plan is not None and bool(plan.entries or plan.moves))
    )


def message_of(each: Candidate) -> str:
    """What happened, as one or two sentences."""
    plan = each.plan
    if each.problem is not None:
        sentence = each.problem.sentence
        is_held = each.failure is None and each.state is not State.SKIPPED
        if is_held and plan is not None and plan.reserved:
            return f"{sentence} Its pieces stay reserved."
        return sentence
    if plan is None:
        return ""
    done = []
    if plan.entries:
        done.append(_count(len(plan.entries), "journal entry", "journal entries"))
    if plan.moves:
        done.append(_count(len(plan.moves), "stock move", "stock moves"))
    if done:
        return f"{plan.note} Posted {' and '.join(done)}.".strip()
    if plan.note:
        return plan.note
    if plan.reserved:
        return "Nothing to post yet; its pieces are reserved."
    return "Nothing to post."


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
