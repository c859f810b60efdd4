"""What Shopee released to the seller, order by order, and hints at what changed after it.

Source: GET /api/v2/payment/get_escrow_list (pages from 1; how long a time it answers for is not
documented, so it is asked for short ones) and GET /api/v2/payment/get_wallet_transaction_list,
which local shops have. The wallet is evidence only: a shop that is refused it goes on without.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from platforms.base import PayoutPage, RemotePayout
from platforms.errors import BadResponse, NotFound
from platforms.payload_fields import Row, as_amount, text
from platforms.shopee.client import Client
from platforms.shopee.fields import as_instant, as_sn, listed
from platforms.shopee.paging import Progress
from platforms.shopee.refusals import NotAllowed
from platforms.shopee.windows import Span, StoreClock, Windows

LONGEST = timedelta(days=14)
LARGEST_PAGE = 100
MOST_PAGES = 5000
# No shop sells that much, and no column of money takes much more.
LARGEST_PAYOUT = Decimal(10) ** 12

# Transactions of the wallet that mean a correction of an order, by number or by name.
ADJUSTING = frozenset(["401", "402", "404", "405", "406", "407", "408", "455", "456", "460"])
ADJUSTING_WORDS = ("ADJUST", "COST_PASSING", "AFFILIATE")


def payouts(client: Client, *, since: datetime) -> Iterator[PayoutPage]:
    """What was released at or after `since`, oldest first; see `platforms.base.Store`.

    `adjusted` are orders that the wallet names in a correction. A time in which nothing
    happened brings no page, but the last one always comes.

    BadResponse: a row made no sense. It is raised after the last page, so that all others have
    come; from the time of that row on no page says that it is complete.
    """
    return _Payouts(client).pages(since)


class _Payouts:
    def __init__(self, client: Client) -> None:
        self._client = client
        self._clock = StoreClock()
        self._has_wallet = True
        self._senseless = ""

    def pages(self, since: datetime) -> Iterator[PayoutPage]:
        reached: datetime | None = None
        given: set[RemotePayout] = set()
        for span in Windows(self._clock, since, longest=LONGEST):
            released, first_answer_at = self._released(span)
            adjusted = self._adjusted(span) if self._has_wallet else []
            reached = min(span.ends_at, first_answer_at)
            # The seam of two windows is in both.
            fresh = [each for each in released if each not in given]
            given = set(released)
            if fresh or adjusted:
                yield PayoutPage(
                    payouts=tuple(fresh),
                    adjusted=tuple(dict.fromkeys(adjusted)),
                    complete_to=None if self._senseless else reached,
                )
                reached = None
        if reached is not None and not self._senseless:
            yield PayoutPage(payouts=(), complete_to=reached)
        if self._senseless:
            raise BadResponse(
                "The store's list of released escrows has a row that makes no sense.",
                said=self._senseless,
            )

    def _released(self, span: Span) -> tuple[list[RemotePayout], datetime]:
        found: list[RemotePayout] = []
        first_answer_at: datetime | None = None
        progress = Progress("released escrows")
        for number in range(1, MOST_PAGES):
            reply = self._client.get(
                "payment/get_escrow_list",
                {
                    "release_time_from": span.start,
                    "release_time_to": span.end,
                    "page_size": LARGEST_PAGE,
                    "page_no": number,
                },
            )
            self._clock.heard(reply.store_time)
            first_answer_at = first_answer_at or self._clock.now()
            answer = reply.object()
            page = [self._payout(row) for row in listed(answer, "escrow_list")]
            found += [each for each in page if each is not None]
            if not progress.goes_on(page, has_more=bool(answer.get("more"))):
                found = list(dict.fromkeys(found))
                found.sort(key=lambda each: (each.released_at, each.order_remote_id))
                return found, first_answer_at
        raise BadResponse("The store's list of released escrows does not end.")

    def _adjusted(self, span: Span) -> list[str]:
        """Orders that the wallet names in a correction; none where it is closed to us."""
        found: list[str] = []
        progress = Progress("transactions")
        for number in range(MOST_PAGES):
            try:
                answer = self._client.get(
                    "payment/get_wallet_transaction_list",
                    {
                        "create_time_from": span.start,
                        "create_time_to": span.end,
                        "page_size": LARGEST_PAGE,
                        "page_no": number,
                    },
                ).object()
                page = listed(answer, "transaction_list")
                rows = (text(row, "transaction_id") for row in page)
                has_more = progress.goes_on(rows, has_more=bool(answer.get("more")))
            except (NotAllowed, NotFound, BadResponse):
                self._has_wallet = False
                return found
            for row in page:
                order_sn = as_sn(row.get("order_sn"))
                if order_sn is not None and _is_correction(row):
                    found.append(order_sn)
            if not has_more:
                break
        return found

    def _payout(self, row: Row) -> RemotePayout | None:
        """None: the row makes no sense."""
        order_sn = as_sn(row.get("order_sn"))
        amount = as_amount(row.get("payout_amount"))
        released_at = as_instant(row.get("escrow_release_time"))
        is_told = row.get("payout_amount") not in (None, "")
        if (
            order_sn is not None
            and released_at is not None
            and amount is not None
            and is_told
            and abs(amount) < LARGEST_PAYOUT
        ):
            return RemotePayout(order_remote_id=order_sn, amount=amount, released_at=released_at)
        self._senseless = f"order {order_sn or 'without a number'}"
        return None


def _is_correction(row: Row) -> bool:
    kind = text(row, "transaction_type").upper()
    return kind in ADJUSTING or any(word in kind for word in ADJUSTING_WORDS)
