"""Retry: orders are tried again at once, whatever their next attempt says."""

from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, or_, select

from jobs.process import process_waiting
from jobs.pull import pull_under
from jobs.runtime import Runtime, SiteLease, leased
from webapp.backoffice.errors import Code
from webapp.backoffice.states import State, no_counts, requeue
from webapp.database import writing
from webapp.models.orders import ChannelOrder

# What went wrong lies in the payload: it is read from the store anew.
READ_ANEW = (Code.STORE_BAD_RESPONSE,)
RETRIED_STATES = (State.BLOCKED, State.RETRYING, State.FAILED, State.PENDING)


@dataclass(slots=True, kw_only=True)
class RetryReport:
    """`retried`: the orders asked for. `states`: all that this run processed."""

    retried: int = 0
    states: dict[str, int] = field(default_factory=no_counts)


def retry_orders(
    runtime: Runtime,
    site_id: int,
    *,
    number: str | None = None,
    code: str | None = None,
    state: str | None = None,
    actor: str | None = None,
) -> RetryReport:
    """Try a site's orders again: one, those with a code, those in a state, or all that wait.

    Orders whose payload could not be read are read from the store first, and so are those that
    wait for their escrow. Raises as a pull does; LeaseTaken: another process works on the site.
    """
    with leased(runtime, site_id) as lease:
        return retry_under(runtime, lease, number=number, code=code, state=state, actor=actor)


def retry_under(
    runtime: Runtime,
    lease: SiteLease,
    *,
    number: str | None = None,
    code: str | None = None,
    state: str | None = None,
    actor: str | None = None,
) -> RetryReport:
    """`retry_orders` for a caller that holds the lease already."""
    report = RetryReport()
    with writing(runtime.engine) as session:
        rows = session.execute(
            select(ChannelOrder.id, ChannelOrder.remote_id, ChannelOrder.code).where(
                ChannelOrder.site_id == lease.site_id, *_chosen(number, code, state)
            )
        ).all()
    report.retried = len(rows)
    for row in rows:
        if row.code in READ_ANEW:
            # By its id: the number of an order that cannot be read is not known.
            pulled = pull_under(runtime, lease, remote_id=row.remote_id, actor=actor)
            _add(report.states, pulled.states)
    stored = [row.id for row in rows if row.code not in READ_ANEW]
    with lease.writing() as session:
        requeue(session, stored, runtime.now(), message="Retry was pressed.", actor=actor)
    if any(row.code == Code.ESCROW_NOT_READY for row in rows):
        pulled = pull_under(runtime, lease, is_of_waiting=True, actor=actor)
        _add(report.states, pulled.states)
    else:
        _add(report.states, process_waiting(runtime, lease, actor=actor))
    return report


def _chosen(number: str | None, code: str | None, state: str | None) -> list[ColumnElement[bool]]:
    chosen: list[ColumnElement[bool]] = []
    if number is not None:
        chosen.append(or_(ChannelOrder.number == number, ChannelOrder.remote_id == number))
    if code is not None:
        chosen.append(ChannelOrder.code == code)
    if state is not None:
        chosen.append(ChannelOrder.state == state)
    if not chosen:
        chosen.append(ChannelOrder.state.in_(RETRIED_STATES))
    return chosen


def _add(to: dict[str, int], more: dict[str, int]) -> None:
    for state, count in more.items():
        to[state] += count
