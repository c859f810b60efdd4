"""A marketplace that says whatever a test wants, and the site that is connected to it."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import Engine, select

from jobs.catalogue import CatalogueReport, pull_catalogue
from jobs.payouts import PayoutsReport, pull_payouts
from jobs.pull import pull_site
from jobs.taking import PullReport
from platforms import registry
from tests import factories as make
from tests.platforms.scripted import Asked, Scripted, response, scripted
from tests.stores import runtime_of, states
from webapp.database import reading, writing
from webapp.models.catalogue import Listing
from webapp.models.ledgers import Ledger
from webapp.models.orders import ChannelOrder, SyncEvent
from webapp.models.sites import Site

Json = dict[str, Any]
Served = Json | bytes
Answer = bytes | Callable[[Asked], bytes]

PLATFORM = registry.get("shopee")
KEYS = {
    "partner_id": "1001",
    "partner_key": "k" * 40,
    "shop_id": "600",
    "access_token": "living",
    "refresh_token": "spare",
}
ITEM = 23500000548
NOW = int(time.time())
PLACED = NOW - 7200
GOOD = ("260305GOOD0001", "260305GOOD0002")
BAD = "260305BAD00001"


# What breaks the rules of JSON, each in its own way.
BROKEN = [
    b"NaN",
    b"-Infinity",
    b'"\\ud800"',
    b'"\xff\xfe"',
    b"1e99999999999999999999",
    b"9" * 5000,
    b'"a\nb"',
    b"[" * 10_000 + b"]" * 10_000,
]
BROKEN_NAMES = [each[:12].decode("latin-1") for each in BROKEN]
FAILED = ("failed", "store_bad_response")
NUL = "a\0b"


def order(order_sn: str = BAD, **given: Any) -> Json:
    """A paid order of two mugs at 40.00."""
    row: Json = {
        "order_sn": order_sn,
        "region": "MY",
        "currency": "MYR",
        "order_status": "READY_TO_SHIP",
        "message_to_seller": "",
        "create_time": PLACED,
        "update_time": PLACED + 60,
        "pay_time": PLACED + 30,
        "buyer_user_id": 880001,
        "buyer_username": "aminah_s",
        "recipient_address": {"name": "Aminah Salleh", "region": "MY", "full_address": "7 Jalan"},
        "item_list": [line()],
        "payment_method": "Online Banking",
        "total_amount": 80,
    }
    return {**row, **given}


def line(**given: Any) -> Json:
    row = {
        "item_id": ITEM,
        "item_name": "Mug",
        "item_sku": "MUG",
        "model_id": 0,
        "model_quantity_purchased": 2,
        "model_discounted_price": 40,
        "order_item_id": ITEM,
        "promotion_group_id": 0,
    }
    return {**row, **given}


def escrow(order_sn: str = BAD, **income: Any) -> Json:
    """80.00 less a commission of 5.20."""
    amounts: Json = {
        "original_cost_of_goods_sold": 80,
        "commission_fee": 5.2,
        "escrow_amount": 74.8,
        "items": [{"item_id": ITEM, "model_id": 0, "discounted_price": 80}],
    }
    return {
        "order_sn": order_sn,
        "return_order_sn_list": [],
        "order_income": {**amounts, **income},
        "buyer_payment_info": {},
    }


class Shop:
    """The shop: two good orders, and what a test puts between them.

    `orders` and `escrows` are served as they are; `answers` stand in place of whole answers, by
    the end of their path; `rows` are what the list of orders shows beside the orders.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.orders: dict[str, Served] = {}
        self.escrows: dict[str, Served] = {}
        self.returns: list[Json] = []
        self.payouts: list[Json] = []
        self.rows: list[Any] = []
        self.answers: dict[str, Answer] = {}
        self.site_id = 0
        self.server: Scripted
        for number in GOOD:
            self.serve(order(number), escrow(number))

    def serve(self, served: Served, its_escrow: Served | None = None, *, at: str = BAD) -> None:
        number = at if isinstance(served, bytes) else served["order_sn"]
        if not isinstance(number, str):
            number = at
        self.orders[number] = served
        if its_escrow is not None:
            self.escrows[number] = its_escrow

    def pull(self, times: int = 2) -> PullReport:
        for _ in range(times):
            report = pull_site(runtime_of(self.engine), self.site_id)
        return report

    def pull_payouts(self) -> PayoutsReport:
        return pull_payouts(runtime_of(self.engine), self.site_id)

    def pull_catalogue(self) -> CatalogueReport:
        return pull_catalogue(runtime_of(self.engine), self.site_id)

    def listings(self) -> set[str]:
        """Keys of the listings that are not gone."""
        with reading(self.engine) as session:
            return set(session.scalars(select(Listing.key).where(Listing.is_gone.is_(False))))

    def moves_on(self, *, days: int) -> None:
        """What was pulled so far is that old: the next pull begins after it."""
        ago = timedelta(days=days)
        with writing(self.engine) as session:
            for row in session.scalars(select(ChannelOrder)):
                row.remote_modified_at -= ago

    def states(self) -> dict[tuple[str, str | None], int]:
        return dict(states(self.engine))

    def others(self) -> dict[tuple[str, str | None], int]:
        """States of all but the two good orders, which must be synced."""
        found = states(self.engine)
        assert found["synced", None] >= 2, found
        found["synced", None] -= 2
        return {state: count for state, count in found.items() if count}

    def message(self, number: str = BAD) -> str:
        with reading(self.engine) as session:
            query = select(ChannelOrder.message).where(ChannelOrder.remote_id == number)
            return session.scalars(query).one() or ""

    def events(self) -> list[str]:
        with reading(self.engine) as session:
            rows = session.execute(select(SyncEvent.message, SyncEvent.detail))
            return [f"{message} {detail or ''}" for message, detail in rows]

    def site(self) -> Site:
        with reading(self.engine) as session:
            return session.get_one(Site, self.site_id)

    def asked(self, ending: str = "") -> int:
        return sum(each.path.endswith(ending) for each in self.server.asked)

    def answer(self, asked: Asked) -> bytes:
        for ending, answer in self.answers.items():
            if asked.path.endswith(ending):
                return answer if isinstance(answer, bytes) else answer(asked)
        route = asked.path.rpartition("/")[2]
        if route == "get_shop_info":
            return said({"shop_name": "Shop", "region": "MY"}, is_flat=True)
        if route == "get_order_list":
            return said({"more": False, "next_cursor": "", "order_list": self._listed()})
        if route == "get_order_detail":
            wanted = self._wanted(asked, self.orders)
            return enveloped(b'{"order_list":[%b]}' % b",".join(wanted))
        if route == "get_escrow_detail_batch":
            numbers = json.loads(asked.body)["order_sn_list"]
            found = [as_bytes(self.escrows[each]) for each in numbers if each in self.escrows]
            return enveloped(b"[%b]" % b",".join(b'{"escrow_detail":%b}' % each for each in found))
        if route == "get_return_list":
            return said({"more": False, "return": self.returns})
        if route == "get_return_detail":
            named = [row for row in self.returns if row["return_sn"] == asked.query["return_sn"]]
            return said(named[0])
        if route == "get_escrow_list":
            return said({"more": False, "escrow_list": self.payouts})
        return said({})

    def _listed(self) -> list[Any]:
        return [{"order_sn": number} for number in self.orders] + self.rows

    def _wanted(self, asked: Asked, served: dict[str, Served]) -> list[bytes]:
        (numbers,) = parse_qs(urlsplit(asked.target).query)["order_sn_list"]
        return [as_bytes(served[each]) for each in numbers.split(",") if each in served]


def as_bytes(served: Served) -> bytes:
    return served if isinstance(served, bytes) else json.dumps(served).encode()


def enveloped(answer: bytes) -> bytes:
    """A good answer around these bytes."""
    return response(b'{"request_id":"r","error":"","message":"","response":%b}' % answer)


def said(answer: Any, *, is_flat: bool = False) -> bytes:
    if is_flat:
        return response(json.dumps({"request_id": "r", "error": "", "message": "", **answer}))
    return enveloped(json.dumps(answer).encode())


def with_raw(row: Json, field: str, value: bytes) -> bytes:
    """The row as JSON, with these very bytes as a field's value."""
    return json.dumps({**row, field: "HERE"}).encode().replace(b'"HERE"', value)


class Counted:
    """Answers with an object whose fields may count the questions ("count")."""

    def __init__(self, **fields: Any) -> None:
        self.fields = fields
        self.count = 0

    def __call__(self, asked: Asked) -> bytes:
        self.count += 1
        return said({name: self._value(each) for name, each in self.fields.items()})

    def _value(self, each: Any) -> Any:
        return str(self.count) if each == "count" else each


@contextmanager
def opened(engine: Engine, **given: Any) -> Iterator[Shop]:
    shop = Shop(engine)
    with scripted(shop.answer) as server:
        shop.server = server
        with writing(engine) as session:
            values: Json = {
                "name": "market",
                "platform": PLATFORM.name,
                "url": server.url,
                "credentials": deepcopy(KEYS),
                "automation": {"import_statuses": list(PLATFORM.default_statuses)},
                "posting": {"tax_collected_by": PLATFORM.tax_collected_by},
                "orders_from": datetime.now(UTC) - timedelta(days=3),
                **given,
            }
            site = make.wired_site(session, **values)
            bank = session.scalars(select(Ledger).where(Ledger.code == "1000")).one()
            make.wiring(session, site, "bank", bank)
            item = make.stock_item(session, "MUG", 1000)
            make.mapping(session, make.listing(session, site, str(ITEM)), (item, 1))
            shop.site_id = site.id
        yield shop


def with_return(shop: Shop, detail: bytes) -> None:
    """The order names a return, of which the shop says this."""
    shop.serve(order(), escrow() | {"return_order_sn_list": ["2603100RETURN1"]})
    shop.answers["get_return_detail"] = detail
