"""One order on its way through processing: what it is, what it was, what is planned for it."""

import traceback
from dataclasses import dataclass, field
from datetime import datetime

from platforms.base import FetchedOrder, RemoteBuyer, RemoteOrder
from webapp.backoffice.books.settlement import SettledLine
from webapp.backoffice.errors import Problem
from webapp.backoffice.orders.gathering import KnownOrder
from webapp.backoffice.orders.planning import Plan
from webapp.backoffice.orders.standing import UNKNOWN_ORDER, Standing
from webapp.backoffice.sites.settings import PostingSettings
from webapp.backoffice.states import State


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A version just read from the store. `buyer` is None when it could not be parted from it."""

    digest: bytes
    details_digest: bytes
    payload: bytes
    buyer: RemoteBuyer | None


@dataclass(slots=True, kw_only=True)
class Candidate:
    """`known` is None for an order never stored; `version` is None when a stored one is replanned.

    `order` and `plan` are None while unknown, and stay so when reading or planning failed:
    then `failure` says why. `arriving` is a settlement line of it that is to be tried.
    `posting` are the settings that it posts by; `kept` those that it keeps, None before it has
    an entry. `next_attempt_at`: when a plan that is to be tried again is.
    """

    remote_id: str
    modified_at: datetime
    read_at: datetime
    posting: PostingSettings
    kept: PostingSettings | None = None
    known: KnownOrder | None = None
    fetched: FetchedOrder | None = None
    version: NewVersion | None = None
    order: RemoteOrder | None = None
    standing: Standing = UNKNOWN_ORDER
    arriving: SettledLine | None = None
    is_asked_for: bool = False
    plan: Plan | None = None
    failure: "Failure | None" = None
    next_attempt_at: datetime | None = None
    order_id: int = 0

    @property
    def state(self) -> State:
        if self.failure is not None:
            return self.failure.state
        assert self.plan is not None
        return self.plan.state

    @property
    def problem(self) -> Problem | None:
        if self.failure is not None:
            return self.failure.problem
        return self.plan.problem if self.plan is not None else None

    @property
    def keeps_posting(self) -> bool:
        """Whether `posting` is to be kept with the order: at its first entry, and when it grew."""
        if self.plan is None or self.failure is not None or not self.plan.is_applied:
            return False
        return bool(self.plan.entries) if self.kept is None else self.posting != self.kept

    @property
    def attempts(self) -> int:
        """The number of this attempt, since the order was last settled or served anew.

        To try a settlement line is no attempt of the order's own.
        """
        row = self.known
        if self.arriving is not None and row is not None:
            return max(1, int(row.attempts))
        if row is None or self.fetched is not None or row.state in (State.SYNCED, State.SKIPPED):
            return 1
        return int(row.attempts) + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """That an order could not be planned or written. `detail` is for an engineer, folded away."""

    state: State
    problem: Problem
    detail: str = field(default="", repr=False)
    next_attempt_at: datetime | None = None


def traced(fault: Exception) -> str:
    """Where it happened. Never the message: it may quote what a buyer wrote."""
    frames = "".join(traceback.format_tb(fault.__traceback__))
    return f"{frames}{type(fault).__module__}.{type(fault).__qualname__}"
