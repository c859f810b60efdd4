"""Walking the list of orders, window by window, while orders move out of it.

The list gives numbers alone, a hundred a page, in an order that is not documented, and its
cursor may be a mere count: an order that is updated meanwhile leaves the window, the rest moves
up by one, and the page after it begins one too late. Such an order shows a later update when it
is read, and then the window is listed again. A window of one page cannot come apart.
Source: GET /api/v2/order/get_order_list.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal

from platforms.base import FetchedOrder, OrderPage
from platforms.errors import BadResponse
from platforms.payload_fields import Row, text
from platforms.shopee.client import Client
from platforms.shopee.fetched import UNKNOWN, FetchedRow, refused_row, unknown_id
from platforms.shopee.fields import as_sn, listed
from platforms.shopee.order_rows import SHOWS_PENDING, read_rows
from platforms.shopee.paging import Progress
from platforms.shopee.windows import Span, StoreClock, Windows

By = Literal["update_time", "create_time"]

LARGEST_PAGE = 100
# A window with more is cut: what is stored of one counts only once all of it is.
MOST_PAGES = 20
FEW_PAGES = 5
MOST_WALKS = 10
# Far beyond what any window holds.
ENDLESS = 1000
SEAM = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listing:
    """The pages of one window as they were listed once."""

    span: Span
    first_answer_at: datetime
    pages: list[list[str]]
    is_whole: bool = True

    @property
    def order_sns(self) -> list[str]:
        return list(dict.fromkeys(order_sn for page in self.pages for order_sn in page))

    @property
    def earlier(self) -> set[str]:
        """Orders on other pages than the last: when one of them leaves, another is skipped."""
        return {order_sn for page in self.pages[:-1] for order_sn in page}


@dataclass(slots=True)
class _Window:
    """A window on its way: `left` of its orders are still to be given."""

    listing: _Listing
    earlier: set[str]
    left: int
    has_moved: bool = False

    @property
    def complete_to(self) -> datetime:
        return min(self.listing.span.ends_at, self.listing.first_answer_at)

    def given(self, order_sn: str, row: FetchedRow | None) -> None:
        """One of its orders was read; None: it is not there any more."""
        self.left -= 1
        if order_sn in self.earlier and (row is None or self._has_left(row.order)):
            self.has_moved = True

    def _has_left(self, order: FetchedOrder) -> bool:
        listing = self.listing
        return (
            order.modified_at > listing.span.ends_at or order.modified_at >= listing.first_answer_at
        )


@dataclass(slots=True)
class Walk:
    """One walk through the list, by one of its two dates."""

    client: Client
    by: By
    _clock: StoreClock = field(default_factory=StoreClock)
    _open: deque[_Window] = field(default_factory=deque)
    _waiting: deque[tuple[str, _Window]] = field(default_factory=deque)
    # Orders at the seam of two windows are listed in both.
    _at_seam: dict[str, tuple[datetime, bytes]] = field(default_factory=dict)

    def pages(self, since: datetime | None, until: datetime | None = None) -> Iterator[OrderPage]:
        """Orders whose date is at or after `since` and before `until`, the oldest window first.

        Windows share a page, as long as there is room on it, so that no call asks for a few
        orders only. By update, a last page may be empty and only tell how far it all reached.
        """
        windows = Windows(self._clock, since, until)
        for span in windows:
            listing = self._list(span, MOST_PAGES)
            if not listing.is_whole:
                if windows.cut():
                    continue
                listing = self._list(span, ENDLESS)
            if len(listing.pages) <= FEW_PAGES:
                windows.stretch()
            self._keep(listing)
            while len(self._waiting) >= LARGEST_PAGE:
                yield self._page(since, until)
        while self._waiting or (self._open and self.by == "update_time"):
            yield self._page(since, until)

    def _keep(self, listing: _Listing) -> None:
        order_sns = listing.order_sns
        window = _Window(listing=listing, earlier=listing.earlier, left=len(order_sns))
        self._open.append(window)
        self._waiting.extend((order_sn, window) for order_sn in order_sns)

    def _list(self, span: Span, most_pages: int) -> _Listing:
        """The numbers in a window, page by page; not all of them where it has more pages."""
        pages: list[list[str]] = []
        first_answer_at: datetime | None = None
        cursor = ""
        progress = Progress("orders")
        while True:
            reply = self.client.get(
                "order/get_order_list",
                {
                    "time_range_field": self.by,
                    "time_from": span.start,
                    "time_to": span.end,
                    "page_size": LARGEST_PAGE,
                    "cursor": cursor,
                    **SHOWS_PENDING,
                },
            )
            self._clock.heard(reply.store_time)
            first_answer_at = first_answer_at or self._clock.now()
            found = reply.object()
            pages.append([_number_of(row) for row in listed(found, "order_list")])
            cursor = text(found, "next_cursor")
            has_more = progress.goes_on(pages[-1], has_more=bool(found.get("more")))
            if has_more and not cursor:
                raise BadResponse("The store's list of orders breaks off: it tells no next page.")
            if has_more and len(pages) < most_pages:
                continue
            if has_more and most_pages == ENDLESS:
                raise BadResponse("The store's list of orders does not end.")
            return _Listing(
                span=span, first_answer_at=first_answer_at, pages=pages, is_whole=not has_more
            )

    def _page(self, since: datetime | None, until: datetime | None) -> OrderPage:
        """The next orders, and how far the list was read with them."""
        count = min(LARGEST_PAGE, len(self._waiting))
        taken = [self._waiting.popleft() for _ in range(count)]
        found = self._read([order_sn for order_sn, _ in taken])
        rows: list[FetchedRow] = []
        for order_sn, window in taken:
            row = found.get(order_sn)
            if row is not None and not row.order.body and self.by == "update_time":
                row = _dated(row, window.listing.span)
            window.given(order_sn, row)
            if row is not None and self._is_new(row, window):
                rows.append(row)
        complete_to = None
        while self._open and not self._open[0].left:
            window = self._open.popleft()
            # By creation nothing leaves a window.
            if window.has_moved and self.by == "update_time":
                rows += [row for row in self._again(window) if self._is_new(row, window)]
            complete_to = window.complete_to
        if self.by == "create_time":
            complete_to = None
            rows = [row for row in rows if _is_between(row.created_at, since, until)]
        rows.sort(key=lambda row: row.order.modified_at)
        return OrderPage(
            orders=tuple(row.order for row in rows),
            store_time=self._clock.now(),
            complete_to=complete_to,
        )

    def _again(self, window: _Window) -> list[FetchedRow]:
        """The orders that were skipped when others left the window.

        A listing is whole when what stood on its earlier pages is still there in the next one.
        """
        found: list[FetchedRow] = []
        seen = set(window.listing.order_sns)
        earlier = window.earlier
        for _ in range(MOST_WALKS):
            listing = self._list(window.listing.span, ENDLESS)
            order_sns = listing.order_sns
            found += self._read([each for each in order_sns if each not in seen]).values()
            seen.update(order_sns)
            if len(listing.pages) == 1 or earlier.issubset(order_sns):
                break
            earlier = listing.earlier
        return found

    def _read(self, order_sns: Sequence[str]) -> dict[str, FetchedRow]:
        numbers = dict.fromkeys(order_sns)
        found = {each: refused_row(each) for each in numbers if each.startswith(UNKNOWN)}
        return found | read_rows(self.client, [each for each in numbers if each not in found])

    def _is_new(self, row: FetchedRow, window: _Window) -> bool:
        """Whether a row was not given before: one at the seam of two windows is in both."""
        version = (row.order.modified_at, row.order.digest)
        if self._at_seam.get(row.order.remote_id) == version:
            return False
        date = row.order.modified_at if self.by == "update_time" else row.created_at
        if date >= window.listing.span.ends_at - SEAM:
            self._at_seam[row.order.remote_id] = version
        return True


def _dated(row: FetchedRow, span: Span) -> FetchedRow:
    """An order that is not shown was updated no earlier than the time that it is listed in.

    Without a date it would count as older than what is known of it, and nobody would hear of it.
    """
    return replace(row, order=replace(row.order, modified_at=span.starts_at))


def _number_of(row: Row) -> str:
    """A listed order's number; one without any is shown by what stands in its place."""
    number = row.get("order_sn")
    return as_sn(number) or unknown_id(sha256(repr(number).encode(errors="replace")).digest())


def _is_between(moment: datetime, since: datetime | None, until: datetime | None) -> bool:
    return (since is None or moment >= since) and (until is None or moment < until)
