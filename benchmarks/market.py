"""A loopback market that serves ready bytes, in a process of its own: `python -m benchmarks.market`.

It answers as Shopee would, as far as our client walks it, and does no work for it: all orders
and their escrows lie in memory as bytes, and an answer is those that were asked for, joined.
Tokens and signatures are not looked at: the strict store is the sandbox.
"""

import json
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from benchmarks.far_end import Handler, serve
from benchmarks.market_orders import escrow_bytes, number_of, order_bytes, order_sn, updated_at

# Shortly after the last order, and always the same: windows of time must not depend on the day.
MARKET_TIME = "Sat, 14 Feb 2026 00:00:00 GMT"
API = "/api/v2/"
HEAD = b'{"request_id":"bench","error":"","message":"","response":'
EMPTY: dict[str, dict[str, Any]] = {
    f"{API}payment/get_escrow_list": {"escrow_list": [], "more": False},
    f"{API}payment/get_wallet_transaction_list": {"transaction_list": [], "more": False},
    f"{API}returns/get_return_list": {"return": [], "more": False},
    f"{API}push/get_lost_push_message": {"push_message_list": [], "has_next_page": False},
}
ALRIGHT = {"request_id": "bench", "error": "", "message": ""}
PAIR = {
    "access_token": "bench-access",
    "refresh_token": "bench-refresh",
    "expire_in": 14400,
    "partner_id": 2001887,
    "shop_id": 14701711,
    **ALRIGHT,
}
SHOP = {
    "shop_name": "Loopback market",
    "region": "MY",
    "status": "NORMAL",
    "auth_time": 1767225600,
    "expire_time": 1893456000,
    **ALRIGHT,
}


@dataclass(slots=True)
class Stall:
    """All orders, oldest change first. `shown`: how many of them the market shows by now."""

    rows: list[bytes]
    orders: list[bytes]
    escrows: list[bytes]
    updated: list[int]
    shown: int

    def page(self, query: dict[str, str]) -> bytes:
        """A page of the order list between two instants; the cursor is an offset."""
        first = bisect_left(self.updated, int(query["time_from"]), hi=self.shown)
        end = bisect_right(self.updated, int(query["time_to"]), hi=self.shown)
        begin = first + int(query.get("cursor") or 0)
        stop = min(begin + int(query["page_size"]), end)
        more = stop < end
        cursor = str(stop - first) if more else ""
        rows = b",".join(self.rows[begin:stop])
        tail = f'],"more":{json.dumps(more)},"next_cursor":"{cursor}"}}}}'
        return HEAD + b'{"order_list":[' + rows + tail.encode()

    def details(self, sns: list[str]) -> bytes:
        found = b",".join([self.orders[number_of(sn)] for sn in sns])
        return HEAD + b'{"order_list":[' + found + b"]}}"

    def batch(self, sns: list[str]) -> bytes:
        return HEAD + b"[" + b",".join([self.escrows[number_of(sn)] for sn in sns]) + b"]}"


def fill_stall(count: int) -> Stall:
    return Stall(
        rows=[
            b'{"order_sn":"%s","order_status":"SHIPPED"}' % order_sn(number).encode()
            for number in range(count)
        ],
        orders=[order_bytes(number) for number in range(count)],
        escrows=[escrow_bytes(number) for number in range(count)],
        updated=[updated_at(number) for number in range(count)],
        shown=count,
    )


class MarketHandler(Handler):
    time = MARKET_TIME
    stall: Stall

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == f"{API}order/get_order_list":
            self.answer(200, self.stall.page(query))
        elif parts.path == f"{API}order/get_order_detail":
            self.answer(200, self.stall.details(query["order_sn_list"].split(",")))
        elif parts.path == f"{API}shop/get_shop_info":
            self.answer(200, json.dumps(SHOP).encode())
        elif parts.path in EMPTY:
            self.answer(200, HEAD + json.dumps(EMPTY[parts.path]).encode() + b"}")
        elif parts.path == "/show":
            self.stall.shown = int(query["count"])
            self.answer(200, b"{}")
        else:
            self._refuse()

    def do_POST(self) -> None:
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        path = urlsplit(self.path).path
        if path == f"{API}payment/get_escrow_detail_batch":
            self.answer(200, self.stall.batch(sent["order_sn_list"]))
        elif path == f"{API}auth/access_token/get":
            self.answer(200, json.dumps(PAIR).encode())
        else:
            self._refuse()

    def _refuse(self) -> None:
        refused = {"error": "error_param", "message": "The request path is incorrect."}
        self.answer(404, json.dumps({"request_id": "bench", **refused}).encode())


def fill(orders: int) -> type[MarketHandler]:
    """The loopback market."""
    MarketHandler.stall = fill_stall(orders)
    return MarketHandler


if __name__ == "__main__":
    serve(fill)
