"""Walking long lists whose rows move while we read.

By page number, WooCommerce skips a row for each one that left an earlier page. So a list by
date goes on from the last second seen, not from a page number; a list by id, or a second that
holds more than a page, goes on by offset with one row of overlap: when that row is not the
one expected, rows have moved, and the walk starts over. Rows already given are not given again.
Source: the list parameters of the WooCommerce REST API reference; dates are exclusive bounds.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import pairwise
from typing import Any

import msgspec

from platforms.errors import SiteRefused
from platforms.payload_fields import as_id, is_number
from platforms.transport import TookTooLong
from platforms.woocommerce.answers import Overloaded
from platforms.woocommerce.client import LARGEST_PAGE, USUAL, Client, Patience, Reply
from platforms.woocommerce.fetched import NO_DATE, FetchedRow, fetched_row

SMALLEST_PAGE = 25
GOOD_PAGES_BEFORE_LARGER = 3
MOST_RESTARTS = 10
SECOND = timedelta(seconds=1)

Query = Mapping[str, str | None]


def store_date(moment: datetime) -> str:
    """An instant as a date filter takes it: UTC without a suffix, with `dates_are_gmt=true`.

    With a suffix and the flag WooCommerce shifts it by the shop's time zone.
    """
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


class PageReader:
    """Reads pages of one list, as large as the shop can serve.

    A shop with fat orders breaks down over 100 of them; then the page is halved, and grows
    again after some that went well.
    """

    def __init__(self, client: Client, path: str, query: Query) -> None:
        self._client = client
        self._path = path
        self._query = query
        self.size = LARGEST_PAGE
        self._good = 0

    def read(self, query: Query, offset: int) -> Reply:
        """The rows from `offset` on, at most `size` of them (as it is after the call)."""
        while True:
            asked = {**self._query, **query, "per_page": str(self.size)}
            if offset:
                asked["offset"] = str(offset)
            try:
                reply = self._client.get(self._path, asked, patience=self._patience())
            except (Overloaded, TookTooLong):
                if self.size <= SMALLEST_PAGE:
                    raise
                self.size //= 2
                self._good = 0
                continue
            return reply

    def went_well(self) -> None:
        """Called between pages: the next may be larger."""
        self._good += 1
        if self._good >= GOOD_PAGES_BEFORE_LARGER and self.size < LARGEST_PAGE:
            self.size *= 2
            self._good = 0

    def _patience(self) -> Patience:
        return USUAL if self.size <= SMALLEST_PAGE else replace(USUAL, retries=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ByDate:
    """Which date a list of orders is walked by."""

    orderby: str
    bound: str  # the exclusive lower bound's parameter
    of: Callable[[FetchedRow], datetime | None]


BY_MODIFIED = ByDate(orderby="modified", bound="modified_after", of=lambda row: row.modified_at)
BY_CREATED = ByDate(orderby="date", bound="after", of=lambda row: row.created_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Walked:
    """One page of a walk: its new rows, the shop's clock, and how far the walk is complete.

    `complete_to` None: rows that are older than these may still come.
    """

    rows: list[FetchedRow]
    store_time: datetime
    complete_to: datetime | None


def walk_by_date(
    client: Client, path: str, by: ByDate, since: datetime | None, query: Query
) -> Iterator[Walked]:
    """Rows whose date is at or after `since`, oldest first.

    A row that changes meanwhile comes again.
    SiteRefused: the shop ignores the bound, as WooCommerce before 5.8 does.
    """
    reader = PageReader(
        client,
        path,
        {**query, "orderby": by.orderby, "order": "asc", "dates_are_gmt": "true"},
    )
    given: set[tuple[str, datetime, bytes]] = set()
    newest: datetime | None = None
    is_sorted = True
    bound = None if since is None else since.astimezone(UTC).replace(microsecond=0) - SECOND
    offset, expected, restarts = 0, "", 0
    while True:
        reply = reader.read({by.bound: None if bound is None else store_date(bound)}, offset)
        rows = [fetched_row(body) for body in reply.elements(path)]
        is_last = _is_last(reply, len(rows), offset, reader.size)
        if offset and _has_moved(rows, expected) and restarts < MOST_RESTARTS:
            offset, restarts = 0, restarts + 1
            continue
        _refuse_ignored_bound(rows, by, bound)
        dates = [date for date in map(by.of, rows) if date is not None]
        is_sorted = is_sorted and all(earlier <= later for earlier, later in pairwise(dates))
        newest = max([*dates, newest or NO_DATE])
        fresh = [row for row in rows if _is_new(row, given)]
        if fresh:
            complete_to = newest if dates and (is_sorted or is_last) else None
            yield Walked(rows=fresh, store_time=reply.clock(), complete_to=complete_to)
        if is_last:
            return
        reader.went_well()
        if dates and is_sorted and (bound is None or dates[-1] - SECOND > bound):
            # The newest second is read again: rows of it may stand on the next page.
            bound, offset, restarts = dates[-1] - SECOND, 0, 0
        else:
            # All rows share one second, or the list is not sorted by the date: there is
            # nothing to go on from.
            offset += len(rows) - 1
            expected = rows[-1].order.remote_id


def _is_last(reply: Reply, found: int, offset: int, size: int) -> bool:
    """Whether the list ends here. A shop may serve fewer rows a page than it was asked for.

    The total of a page past the end is 0 in some shops, so it can only speak for going on.
    """
    if found < 2:
        return True
    total = reply.headers.get("X-WP-Total", "")
    return found < size and not (is_number(total) and int(total) > offset + found)


def _has_moved(rows: list[FetchedRow], expected: str) -> bool:
    return not rows or rows[0].order.remote_id != expected


def _is_new(row: FetchedRow, given: set[tuple[str, datetime, bytes]]) -> bool:
    key = (row.order.remote_id, row.order.modified_at, row.order.digest)
    if key in given:
        return False
    given.add(key)
    return True


def _refuse_ignored_bound(rows: list[FetchedRow], by: ByDate, bound: datetime | None) -> None:
    if bound is None:
        return
    for row in rows:
        date = by.of(row)
        if date is not None and date <= bound:
            raise SiteRefused(
                "The store ignores the date that it is asked from, so changes cannot be told "
                "from the rest. It needs WooCommerce 5.8 or later.",
                code="store_bad_response",
                fix="WordPress: Dashboard > Updates: update WooCommerce.",
            )


class _Id(msgspec.Struct):
    id: Any = None


_id_decoder = msgspec.json.Decoder(_Id)


def walk_by_id(client: Client, path: str, query: Query) -> Iterator[list[bytes]]:
    """The elements of a list in the order of their ids, page by page, each once.

    A row deleted meanwhile shifts the rest: the one row of overlap shows it.
    """
    reader = PageReader(client, path, {**query, "orderby": "id", "order": "asc"})
    given: set[str] = set()
    offset, restarts = 0, 0
    expected = ""
    while True:
        reply = reader.read({}, offset)
        rows = [(_id(body), body) for body in reply.elements(path)]
        is_last = _is_last(reply, len(rows), offset, reader.size)
        if offset and (not rows or rows[0][0] != expected) and restarts < MOST_RESTARTS:
            offset, restarts = 0, restarts + 1
            continue
        fresh = {number: body for number, body in rows if number not in given}
        given.update(fresh)
        if fresh:
            yield list(fresh.values())
        if is_last:
            return
        reader.went_well()
        offset += len(rows) - 1
        expected = rows[-1][0]


def _id(body: bytes) -> str:
    """The row's id; one made of its bytes where it has none, since it is not alone in the list."""
    try:
        found = as_id(_id_decoder.decode(body).id)
    except (msgspec.DecodeError, UnicodeDecodeError, ArithmeticError, RecursionError):
        found = None
    return found or f"unknown-{sha256(body).hexdigest()}"
