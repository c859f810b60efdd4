"""The shop's list of returns, by their last change.

Source: GET /api/v2/returns/get_return_list. Whether its pages count from 0 or from 1 is told both
ways, so page 0 is asked for first and page 1 in any case: where they count from 1, page 0 is
refused, empty, or the same as page 1.
"""

from collections.abc import Iterator
from datetime import datetime

from platforms.errors import BadResponse
from platforms.payload_fields import Row, text
from platforms.shopee.answers import QuestionRefused
from platforms.shopee.client import Client
from platforms.shopee.fields import listed
from platforms.shopee.paging import Progress
from platforms.shopee.windows import Span, StoreClock, Windows

LARGEST_PAGE = 100
MOST_PAGES = 1000
MOST_WALKS = 5


class ReturnList:
    """Reads the list; it learns where the pages begin."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._clock = StoreClock()
        self._first_page: int | None = None

    def updated(self, since: datetime) -> Iterator[Row]:
        """Returns changed at or after `since`, window by window, each version once."""
        for span in Windows(self._clock, since):
            yield from self._window(span)

    def _window(self, span: Span) -> list[Row]:
        """The returns of a window. One that changes meanwhile moves the rest up: look again."""
        found: dict[tuple[str, str], Row] = {}
        for _ in range(MOST_WALKS):
            before = len(found)
            pages = list(self._pages(span))
            for row in (row for page in pages for row in page):
                found[_version(row)] = row
            if len(pages) < 2 or len(found) == before:
                break
        return list(found.values())

    def _pages(self, span: Span) -> Iterator[list[Row]]:
        number = self._first_page or 0
        progress = Progress("returns")
        while number < MOST_PAGES:
            page, has_more = self._page(span, number)
            if number:
                progress.goes_on(map(_version, page), has_more=has_more)
            if page:
                yield page
                if number == 0:
                    self._first_page = 0
            elif number == 0 and self._first_page is None:
                has_more = True
            if not has_more:
                return
            number += 1
        raise BadResponse("The store's list of returns does not end.")

    def _page(self, span: Span, number: int) -> tuple[list[Row], bool]:
        try:
            reply = self._client.get(
                "returns/get_return_list",
                {
                    "page_no": number,
                    "page_size": LARGEST_PAGE,
                    "update_time_from": span.start,
                    "update_time_to": span.end,
                },
            )
        except QuestionRefused:
            if number or self._first_page is not None:
                raise
            self._first_page = 1
            return [], True
        self._clock.heard(reply.store_time)
        found = reply.object()
        return listed(found, "return"), bool(found.get("more"))


def _version(row: Row) -> tuple[str, str]:
    return text(row, "return_sn"), text(row, "update_time")
