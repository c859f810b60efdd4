"""A loopback shop that serves ready bytes, in a process of its own: `python -m benchmarks.shop`.

It answers as a WooCommerce would, as far as our client walks it, and does no work for it: all
orders lie in memory as one list of bytes, and a page is a slice of them.
"""

import json
from bisect import bisect_right
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from benchmarks.far_end import Handler, serve
from benchmarks.shop_orders import modified_at, order_bytes

# Later than any order, and always the same: the watermark must not depend on the day.
SHOP_TIME = "Mon, 23 Nov 2026 00:00:00 GMT"
API = "/wp-json/wc/v3/"

ANSWERS: dict[str, Any] = {
    "/wp-json/": {
        "name": "Loopback shop",
        "timezone_string": "Asia/Kuala_Lumpur",
        "gmt_offset": 8,
        "namespaces": ["wc/v3"],
    },
    f"{API}system_status": {
        "environment": {"version": "11.0.1"},
        "settings": {"currency": "MYR", "number_of_decimals": 2},
    },
    f"{API}orders/statuses": [{"slug": slug} for slug in ("processing", "completed", "cancelled")],
    f"{API}refunds": [],
    f"{API}variations": [],
}


@dataclass(slots=True)
class Shelf:
    """All orders, oldest change first. `shown`: how many of them the shop shows by now."""

    joined: bytes
    starts: list[int]
    modified: list[str]
    shown: int

    def page(self, query: dict[str, str]) -> memoryview:
        """The orders that a list is asked for, with commas between and no brackets."""
        if query.get("status") == "trash":
            return memoryview(b"")
        first = bisect_right(self.modified, query.get("modified_after", ""))
        first += int(query.get("offset", "0"))
        last = min(first + int(query.get("per_page", "10")), self.shown)
        if first >= last:
            return memoryview(b"")
        return memoryview(self.joined)[self.starts[first] : self.starts[last] - 1]


def fill_shelf(count: int) -> Shelf:
    bodies = [order_bytes(number) for number in range(count)]
    starts = [0]
    for body in bodies:
        starts.append(starts[-1] + len(body) + 1)
    return Shelf(b",".join(bodies), starts, [modified_at(number) for number in range(count)], count)


class ShopHandler(Handler):
    time = SHOP_TIME
    shelf: Shelf

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == f"{API}orders":
            self.answer(200, b"[", self.shelf.page(query), b"]")
        elif parts.path == "/show":
            self.shelf.shown = int(query["count"])
            self._answer_json(200, {"shown": self.shelf.shown})
        elif parts.path in ANSWERS:
            self._answer_json(200, ANSWERS[parts.path])
        else:
            self._answer_json(404, {"code": "rest_no_route", "data": {"status": 404}})

    def _answer_json(self, status: int, value: Any) -> None:
        self.answer(status, json.dumps(value).encode())


def fill(orders: int) -> type[ShopHandler]:
    """The loopback shop."""
    ShopHandler.shelf = fill_shelf(orders)
    return ShopHandler


if __name__ == "__main__":
    serve(fill)
