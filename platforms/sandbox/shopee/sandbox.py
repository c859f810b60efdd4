"""A store on a socket, seeded, with everything a test or the demo needs to know about it."""

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from platforms.sandbox.control import ControlDoor
from platforms.sandbox.faults import FaultPlan
from platforms.sandbox.goods import SHELF, MappingRow, StockRow
from platforms.sandbox.local_store import (
    FIRST_GENERATED,
    LAST_GENERATED,
    LEDGERS,
    ORDERS_FROM,
    LocalStore,
)
from platforms.sandbox.server import SandboxServer
from platforms.sandbox.shopee import cases, control
from platforms.sandbox.shopee.errors import ShopeeError
from platforms.sandbox.shopee.far_end import Edge
from platforms.sandbox.shopee.order_json import ALL_FIELDS
from platforms.sandbox.shopee.order_routes import encoded_order
from platforms.sandbox.shopee.payment_routes import encoded_escrow
from platforms.sandbox.shopee.push_sending import signature
from platforms.sandbox.shopee.seed import generate
from platforms.sandbox.shopee.settings import REGIONS, ShopSettings
from platforms.sandbox.shopee.shop_goods import Shelves, furnish
from platforms.sandbox.shopee.world import ShopeeStore

_LONGEST_LIFE = timedelta(days=20)


class Sandbox(LocalStore):
    """One local store: the world behind it (`store`), its socket, log and faults."""

    def __init__(
        self,
        store: ShopeeStore,
        *,
        port: int,
        faults: FaultPlan,
        shelves: Shelves,
        seeded: dict[str, str],
        dice: random.Random,
    ) -> None:
        self.store = store
        self.faults = faults
        self.cases = seeded
        """Case to order_sn, e.g. `cases["18"]`."""
        self._shelves = shelves
        self._dice = dice
        door = ControlDoor(
            local_store=self,
            world=store,
            actions=control.ACTIONS,
            shaped=control.SHAPED,
            refusals=(ShopeeError,),
        )
        edge = Edge(store, shift=self.shift, door=door)
        self._server = SandboxServer(edge, faults, port=port)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        store.url = self.url
        self._pair = store.new_pair()

    @property
    def credentials(self) -> dict[str, Any]:
        """With a pair of tokens that was good when the store was opened."""
        return {**self._app, **self.tokens}

    @property
    def tokens(self) -> dict[str, str]:
        return {
            "access_token": self._pair.access_token,
            "refresh_token": self._pair.refresh_token,
        }

    @property
    def _app(self) -> dict[str, Any]:
        settings = self.store.settings
        return {
            "partner_id": settings.partner_id,
            "partner_key": settings.partner_key,
            "shop_id": settings.shop_id,
        }

    def new_code(self) -> str:
        """A code as the seller's consent brings it: good once, for ten minutes."""
        with self.store.lock:
            return self.store.tokens.new_code()

    def declaration(self, name: str, *, by_code: bool = False) -> dict[str, Any]:
        """A site declaration for this store, to be applied as it is.

        `by_code`: with a fresh code instead of tokens. Orders of other markets among the
        cases may be older than `orders_from`.
        """
        settings = self.store.settings
        credentials = {**self._app, "code": self.new_code()} if by_code else self.credentials
        return {
            "name": name,
            "platform": "shopee",
            "url": self.url,
            "currency": settings.currency,
            "timezone": settings.timezone,
            "credentials": credentials,
            "integration": {"orders_from": self._orders_from().strftime("%Y-%m-%dT%H:%M:%SZ")},
            "ledgers": dict(LEDGERS),
        }

    def stock_rows(self) -> list[StockRow]:
        """(sku, name, on hand) of every stock item before the first seeded order."""
        return list(self._shelves.stock_rows)

    def mapping_rows(self) -> list[MappingRow]:
        """A mapping sheet of all seeded listings: a kit for the gift set, the card ignored."""
        return [dict(row) for row in self._shelves.mapping_rows]

    def play(self, case: str, *, at: datetime | None = None, as_told: bool = False) -> None:
        """The later act of a case ("16" to "20"); `at` None: now. `as_told`: on the days that
        the case tells of, which a client that has read further does not look at again.
        """
        order_sn = self.cases[case]
        cases.next_act(self.store, case, order_sn, at=at, as_told=as_told)

    def shift(self) -> None:
        """Edit some order, as happens while a client pages."""
        with self.store.lock:
            names = list(self.store.orders)
            if names:
                note = f"shift-{self._dice.randrange(10**6)}"
                self.store.set_note(self._dice.choice(names), note)

    def warm(self, fields: frozenset[str] = ALL_FIELDS) -> None:
        """Encode every order (with these optional fields) and escrow now, for benchmarks."""
        with self.store.lock:
            for order in self.store.orders.values():
                encoded_order(self.store, order, fields)
                encoded_escrow(order)

    def send_notices_to(self, url: str) -> None:
        self.store.pushes.register(url)

    def notice_headers(self, url: str, body: bytes) -> Mapping[str, str]:
        return {"Authorization": signature(self.store.settings.partner_key, url, body)}

    def stop_sending(self) -> None:
        self.store.pushes.stop()

    def _orders_from(self) -> datetime:
        """A shop whose own money a very old case is in begins its books before that."""
        own = [
            order.created
            for order in self.store.orders.values()
            if order.currency == self.store.settings.currency
        ]
        if not own:
            return ORDERS_FROM
        oldest = datetime.fromtimestamp(min(own), UTC) - timedelta(days=1)
        return min(ORDERS_FROM, oldest)


def open_sandbox(
    *,
    port: int = 0,
    orders: int = 0,
    products: int = 0,
    seed: int = 1,
    faults: str = "",
    region: str = "MY",
    now: datetime | None = None,
    with_cases: bool | None = None,
    token_seconds: int = 14_400,
    settings: ShopSettings | None = None,
) -> Sandbox:
    """A seeded store, bound to loopback but not serving yet. Deterministic from `seed`.

    `orders`: how many there are; the cases come first. `with_cases` None: only when there
    are orders; True: all of them in any case; False: none. `products`: items beside the fixed
    catalogue. `now`: the store's clock starts there and runs on (signatures are still held
    against the real time). `settings` replaces `region` and `token_seconds`. ValueError for
    a wrong fault spec or region.
    """
    if settings is None:
        if region not in REGIONS:
            raise ValueError(f"no market {region!r}; known are {', '.join(REGIONS)}")
        settings = replace(ShopSettings(), region=region, token_seconds=token_seconds)
    plan = FaultPlan(faults, seed=seed)
    store = ShopeeStore(settings, seed=seed, now=now)
    dice = random.Random(seed)
    pieces = max(SHELF, orders)
    shelves = furnish(store, extra=products, dice=dice, at=ORDERS_FROM, pieces=pieces)
    limit = {None: orders, True: None, False: 0}[with_cases]
    seeded = cases.plant(store, limit=limit)
    _generate(store, orders - len(seeded), shelves, dice)
    return Sandbox(store, port=port, faults=plan, shelves=shelves, seeded=seeded, dice=dice)


def _generate(store: ShopeeStore, count: int, shelves: Shelves, dice: random.Random) -> None:
    if count <= 0:
        return
    # What becomes of an order takes days, and must not lie in the store's future.
    present = datetime.fromtimestamp(store.now(), UTC)
    last = min(LAST_GENERATED, present - _LONGEST_LIFE)
    generate(
        store,
        count,
        shelves=shelves,
        dice=dice,
        first=min(FIRST_GENERATED, last),
        last=last,
    )
