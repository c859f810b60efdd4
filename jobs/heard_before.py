"""Notices that a pull makes needless: it reads their orders anyway."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from jobs.runtime import SiteLease
from platforms.base import FetchedOrder, NoticeKind
from webapp.backoffice.sites import notices
from webapp.backoffice.sites.notices import WaitingNotice
from webapp.database import reading


@dataclass(slots=True)
class HeardBefore:
    """The notices that waited before the store was asked, by their order.

    One that comes while the pull goes on is not among them: its order may have been read before.
    """

    lease: SiteLease
    _waiting: dict[str, WaitingNotice] = field(default_factory=dict)

    def remember(self) -> None:
        """Read what waits. Before the first question to the store."""
        with reading(self.lease.runtime.engine) as session:
            waiting = notices.waiting_of(session, self.lease.site_id)
        self._waiting = {
            each.order_remote_id: each for each in waiting if each.kind is NoticeKind.ORDER
        }

    def take(self, orders: Sequence[FetchedOrder]) -> None:
        """These orders are in: what told of them is done with, unless it has come again.

        Not where their details were left unread: it may be those that have changed.
        """
        read = [each for each in orders if each.details is not None or not each.has_details]
        found = [self._waiting.pop(each.remote_id, None) for each in read]
        known = [each for each in found if each is not None]
        if known:
            with self.lease.writing() as session:
                notices.take(session, known, self.lease.runtime.now())
