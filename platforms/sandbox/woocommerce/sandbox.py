"""A store on a socket, seeded, with everything a test or the demo needs to know about it."""

import random
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Thread
from types import TracebackType
from typing import Any, Self

from platforms.sandbox.faults import FaultPlan
from platforms.sandbox.woocommerce import cases, shop
from platforms.sandbox.woocommerce.authentication import ApiKey
from platforms.sandbox.woocommerce.certificate import certificate_file, tls_context
from platforms.sandbox.woocommerce.seed import CUSTOM_STATUS, generate
from platforms.sandbox.woocommerce.server import RequestLog, StoreServer
from platforms.sandbox.woocommerce.settings import StoreSettings, as_version
from platforms.sandbox.woocommerce.world import WooStore

ORDERS_FROM = datetime(2026, 1, 1, tzinfo=UTC)
"""Before every seeded order; the catalogue is this old."""

_FIRST_GENERATED = datetime(2026, 3, 12, tzinfo=UTC)
_LAST_GENERATED = datetime(2026, 10, 31, tzinfo=UTC)

_LEDGERS: dict[str, str | None] = {
    "platform_fees": "6100",
    "customer_payment": "1150",
    "delivery": "4200",
    "sales_revenue": "4000",
    "discount": "4900",
    "tax": "2200",
    "refunds": None,
    "rounding": None,
    "bank": "1000",
    "cost_of_goods_sold": None,
    "inventory": None,
}


class Sandbox:
    """One local store: the world behind it (`store`), its socket, log and faults.

    Use it as a context manager, or `start()` and `stop()`; `serve_forever()` blocks.
    """

    def __init__(
        self,
        store: WooStore,
        *,
        port: int,
        https: bool,
        faults: FaultPlan,
        furnished: shop.Shop,
        seeded: dict[str, int],
        dice: random.Random,
    ) -> None:
        self.store = store
        self.faults = faults
        self.cases = seeded
        """Case to order id, e.g. `cases["10-jpy"]`."""
        self._shop = furnished
        self._dice = dice
        tls: ssl.SSLContext | None = tls_context() if https else None
        self._server = StoreServer(store, faults, port=port, tls=tls, shift=self.shift)
        self._server.cases = seeded
        scheme = "https" if https else "http"
        self.url = f"{scheme}://127.0.0.1:{self._server.server_port}"
        self.https = https
        store.home = store.settings.home_url or self.url
        self.key: ApiKey = store.add_key("read_write")
        self._thread: Thread | None = None

    @property
    def log(self) -> RequestLog:
        """Every request so far: `.requests`, `.counts()`, `.clear()`."""
        return self._server.log

    @property
    def ca_file(self) -> str:
        """The certificate that a client must trust to use the store over HTTPS."""
        return str(certificate_file())

    @property
    def credentials(self) -> dict[str, str]:
        return {
            "consumer_key": self.key.consumer_key,
            "consumer_secret": self.key.consumer_secret,
        }

    def declaration(self, name: str) -> dict[str, Any]:
        """A site declaration for this store, to be applied as it is."""
        settings = self.store.settings
        return {
            "name": name,
            "platform": "woocommerce",
            "url": self.url,
            "currency": settings.currency,
            "timezone": settings.timezone,
            "credentials": self.credentials,
            "integration": {"orders_from": ORDERS_FROM.strftime("%Y-%m-%dT%H:%M:%SZ")},
            "ledgers": dict(_LEDGERS),
        }

    def stock_rows(self) -> list[shop.StockRow]:
        """(sku, name, on hand) of every stock item before the first seeded order."""
        return list(self._shop.stock_rows)

    def mapping_rows(self) -> list[shop.MappingRow]:
        """A mapping sheet of all seeded listings: a kit for the gift set, the card ignored."""
        return [dict(row) for row in self._shop.mapping_rows]

    def play(self, case: str, *, at: datetime | None = None) -> None:
        """The later act of a case: "6" is edited, "7" cancelled; `at` None: now."""
        cases.next_act(self.store, case, self.cases[case], at)

    def shift(self) -> None:
        """Edit some order, as happens while a client pages."""
        with self.store.lock:
            listed = [order for order in self.store.orders.values() if order.status != "trash"]
            if listed:
                order = self._dice.choice(listed)
                self.store.set_meta(order.id, "_packed_by", f"shift-{self._dice.randrange(10**6)}")

    def start(self) -> Self:
        """Serve from a background thread."""
        serve: Callable[..., None] = self._server.serve_forever
        self._thread = Thread(target=serve, args=(0.05,), name="sandbox-woocommerce", daemon=True)
        self._thread.start()
        return self

    def serve_forever(self) -> None:
        """Serve from this thread until `stop` is called from another."""
        self._server.serve_forever(0.2)

    def stop(self) -> None:
        self.store.webhooks.stop()
        if self._thread is not None:
            self._server.shutdown()
            self._thread.join(5)
            self._thread = None
        self._server.hang_up()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self.start() if self._thread is None else self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def open_sandbox(
    *,
    port: int = 0,
    orders: int = 0,
    products: int = 0,
    seed: int = 1,
    faults: str = "",
    https: bool = False,
    timezone: str = "Asia/Kuala_Lumpur",
    currency: str = "MYR",
    now: datetime | None = None,
    with_cases: bool | None = None,
    version: str = "11.0.1",
    settings: StoreSettings | None = None,
) -> Sandbox:
    """A seeded store, bound to loopback but not serving yet. Deterministic from `seed`.

    `orders`: how many `status=any` lists; the cases come first. `with_cases` None: only when
    there are orders; True: all of them in any case; False: none. `products`: simple products
    beside the fixed catalogue. `now`: the store's clock starts there and runs on (OAuth
    timestamps are still held against the real time). `settings` replaces `timezone`,
    `currency` and `version`. ValueError for a wrong fault spec or version.
    """
    if settings is None:
        settings = as_version(
            StoreSettings(timezone=timezone, currency=currency, custom_statuses=(CUSTOM_STATUS,)),
            version,
        )
    plan = FaultPlan(faults, seed=seed)
    store = WooStore(settings, seed=seed, now=now)
    dice = random.Random(seed)
    pieces = max(shop.SHELF, orders)
    furnished = shop.furnish(store, extra=products, dice=dice, at=ORDERS_FROM, pieces=pieces)
    limit = {None: orders, True: None, False: 0}[with_cases]
    seeded = cases.plant(store, limit=limit)
    _generate(store, orders - len(seeded), furnished, dice)
    return Sandbox(
        store,
        port=port,
        https=https,
        faults=plan,
        furnished=furnished,
        seeded=seeded,
        dice=dice,
    )


def _generate(store: WooStore, count: int, furnished: shop.Shop, dice: random.Random) -> None:
    if count <= 0:
        return
    # What becomes of an order takes days, and must not lie in the store's future.
    present = datetime.fromtimestamp(store.now(), UTC)
    last = min(_LAST_GENERATED, present - timedelta(days=20))
    first = min(_FIRST_GENERATED, last)
    generate(store, count, sellable=furnished.sellable, dice=dice, first=first, last=last)
