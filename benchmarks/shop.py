"""A loopback shop that serves ready bytes, in a process of its own: `python -m benchmarks.shop`.

It answers as a WooCommerce would, as far as our client walks it, and does no work for it: all
orders lie in memory as one list of bytes, and a page is a slice of them.
"""

import argparse
import json
import subprocess
import sys
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

from benchmarks.shop_orders import modified_at, order_bytes

ROOT = Path(__file__).resolve().parent.parent
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


class ShopHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each small answer waits 40 ms for an acknowledgement
    shelf: Shelf

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == f"{API}orders":
            page = self.shelf.page(query)
            self._begin(200, len(page) + 2)
            self.wfile.write(b"[")
            self.wfile.write(page)
            self.wfile.write(b"]")
        elif parts.path == "/show":
            self.shelf.shown = int(query["count"])
            self._answer(200, {"shown": self.shelf.shown})
        elif parts.path in ANSWERS:
            self._answer(200, ANSWERS[parts.path])
        else:
            self._answer(404, {"code": "rest_no_route", "data": {"status": 404}})

    def _answer(self, status: int, value: Any) -> None:
        body = json.dumps(value).encode()
        self._begin(status, len(body))
        self.wfile.write(body)

    def _begin(self, status: int, length: int) -> None:
        self.send_response_only(status)
        self.send_header("Date", SHOP_TIME)
        self.send_header("Content-Type", "application/json; charset=UTF-8")
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """A benchmark's shop says nothing."""


@dataclass(frozen=True, slots=True)
class Shop:
    """A running shop, seen from outside."""

    url: str

    def show(self, count: int) -> None:
        """From now on the shop has only its first `count` orders."""
        with urlopen(f"{self.url}/show?count={count}", timeout=10) as answer:  # noqa: S310
            answer.read()


@contextmanager
def running_shop(orders: int) -> Iterator[Shop]:
    """The shop with this many orders, in a process of its own, ready to answer."""
    command = [sys.executable, "-m", "benchmarks.shop", "--orders", str(orders)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        try:
            yield Shop(f"http://127.0.0.1:{port}")
        finally:
            process.terminate()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, required=True)
    arguments = parser.parse_args()
    ShopHandler.shelf = fill_shelf(arguments.orders)
    server = ThreadingHTTPServer(("127.0.0.1", 0), ShopHandler)
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
