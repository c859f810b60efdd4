"""A store on a socket, seeded, with everything a test or the demo needs to know about it."""

import random
import ssl
from collections.abc import Mapping
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
from platforms.sandbox.woocommerce import cases, control, shop
from platforms.sandbox.woocommerce.authentication import ApiKey
from platforms.sandbox.woocommerce.certificate import certificate_file, tls_context
from platforms.sandbox.woocommerce.errors import RestError
from platforms.sandbox.woocommerce.far_end import WordPressHost
from platforms.sandbox.woocommerce.seed import CUSTOM_STATUS, generate
from platforms.sandbox.woocommerce.settings import StoreSettings, as_version
from platforms.sandbox.woocommerce.webhooks import signed_headers
from platforms.sandbox.woocommerce.world import WooStore

WEBHOOK_SECRET = "testwebhooksecret"  # noqa: S105 - of a store in which everything is made up


class Sandbox(LocalStore):
    """One local store: the world behind it (`store`), its socket, log and faults."""

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
        door = ControlDoor(
            local_store=self,
            world=store,
            actions=control.ACTIONS,
            shaped=control.SHAPED,
            refusals=(RestError,),
        )
        host = WordPressHost(store, shift=self.shift, door=door)
        self._server = SandboxServer(host, faults, port=port, tls=tls)
        scheme = "https" if https else "http"
        self.url = f"{scheme}://127.0.0.1:{self._server.server_port}"
        self.https = https
        store.home = store.settings.home_url or self.url
        self.key: ApiKey = store.add_key("read_write")
        self._webhook_secret = ""

    @property
    def ca_file(self) -> str:
        """The certificate that a client must trust to use the store over HTTPS."""
        return str(certificate_file())

    @property
    def credentials(self) -> dict[str, str]:
        """With the webhooks' secret, once `send_notices_to` has made some."""
        keys = {
            "consumer_key": self.key.consumer_key,
            "consumer_secret": self.key.consumer_secret,
        }
        return keys | ({"webhook_secret": self._webhook_secret} if self._webhook_secret else {})

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
            "ledgers": dict(LEDGERS),
        }

    def stock_rows(self) -> list[StockRow]:
        """(sku, name, on hand) of every stock item before the first seeded order."""
        return list(self._shop.stock_rows)

    def mapping_rows(self) -> list[MappingRow]:
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

    def send_notices_to(self, url: str) -> None:
        """As if somebody had made the webhooks for orders by hand."""
        self._webhook_secret = self._webhook_secret or WEBHOOK_SECRET
        self.store.webhooks.tell_of_orders(url, self._webhook_secret)

    def notice_headers(self, url: str, body: bytes) -> Mapping[str, str]:
        """As a delivery of `order.updated` has them; the address is in none of them."""
        return signed_headers(self._webhook_secret or WEBHOOK_SECRET, "order.updated", body)

    def stop_sending(self) -> None:
        self.store.webhooks.stop()


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
    pieces = max(SHELF, orders)
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
    last = min(LAST_GENERATED, present - timedelta(days=20))
    first = min(FIRST_GENERATED, last)
    generate(store, count, sellable=furnished.sellable, dice=dice, first=first, last=last)
