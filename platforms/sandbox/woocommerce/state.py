"""The state of the shop, its clock and its sequences, and what every change ends with."""

import random
import string
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from threading import RLock
from time import time
from typing import Any
from zoneinfo import ZoneInfo

from platforms.sandbox.woocommerce.amounts import wire_decimal
from platforms.sandbox.woocommerce.authentication import ApiKey, key_pair
from platforms.sandbox.woocommerce.dates import instant
from platforms.sandbox.woocommerce.records import Meta, Note, Order, Product
from platforms.sandbox.woocommerce.sale import Coupon
from platforms.sandbox.woocommerce.settings import StoreSettings
from platforms.sandbox.woocommerce.webhooks import WebhookDesk

_ALNUM = string.ascii_letters + string.digits


class StoreState:
    """One shop's rows. Ids of products, orders and refunds share one sequence, as in WordPress."""

    def __init__(
        self, settings: StoreSettings, *, seed: int = 1, now: datetime | None = None
    ) -> None:
        self.lock = RLock()
        self.settings = settings
        self.zone = ZoneInfo(settings.timezone)
        self.random = random.Random(seed)
        self.home = "http://127.0.0.1"
        self.products: dict[int, Product] = {}
        self.orders: dict[int, Order] = {}
        self.refund_orders: dict[int, int] = {}
        self.keys: dict[str, ApiKey] = {}
        self.coupons: dict[str, Coupon] = {}
        self.customers: set[int] = set()
        self.epoch = 0
        """Grows with every change of an order; lists keep their order of rows by it."""
        self.webhooks = WebhookDesk(self)
        self.signature_clock: Callable[[], float] = time
        self._ahead = 0 if now is None else instant(now) - int(time())
        self._moment: int | None = None
        self._last_post_id = 14
        self._last_item_id = 0
        self._last_meta_id = 0
        self._last_note_id = 0

    # -- the clock and the sequences ------------------------------------------------------

    def clock(self) -> int:
        """The store's present."""
        return int(time()) + self._ahead

    def now(self) -> int:
        """The moment that an action was told to happen at, else the present. Under the lock."""
        return self.clock() if self._moment is None else self._moment

    @contextmanager
    def as_of(self, at: datetime | None) -> Iterator[int]:
        """Within it things happen at `at`; None: now. Gives that instant."""
        before = self._moment
        if at is not None:
            self._moment = instant(at)
        try:
            yield self.now()
        finally:
            self._moment = before

    def advance(self, seconds: int) -> None:
        """Move the store's clock ahead, to make two changes differ by more than a second."""
        self._ahead += seconds

    def next_post_id(self) -> int:
        self._last_post_id += 1
        return self._last_post_id

    def next_item_id(self) -> int:
        self._last_item_id += 1
        return self._last_item_id

    def next_meta_id(self) -> int:
        self._last_meta_id += 1
        return self._last_meta_id

    # -- the owner's office ---------------------------------------------------------------

    def configure(self, **changes: Any) -> None:
        """Change settings, e.g. `configure(order_storage=OrderStorage.POSTS, decimals=0)`."""
        with self.lock:
            self.settings = replace(self.settings, **changes)
            self.zone = ZoneInfo(self.settings.timezone)
            self.forget_encoded()

    def forget_encoded(self) -> None:
        self.epoch += 1
        for order in self.orders.values():
            order.encoded.clear()
        for product in self.products.values():
            product.encoded = None

    def add_key(self, permissions: str = "read_write", *, administrator: bool = True) -> ApiKey:
        """A new REST key: permissions read, write or read_write; or of a plain customer."""
        with self.lock:
            consumer_key, consumer_secret = key_pair(self.random)
            key = ApiKey(consumer_key, consumer_secret, permissions, administrator)
            self.keys[consumer_key] = key
            return key

    def find_product(self, product: int | str) -> Product:
        """By id or by SKU. LookupError when there is none."""
        if isinstance(product, int):
            found = self.products.get(product)
        else:
            found = next((p for p in self.products.values() if p.sku == product), None)
        if found is None:
            raise LookupError(f"no product {product!r} in the store")
        return found

    def price_of(self, product: Product) -> Decimal:
        return wire_decimal(product.price)

    def product_saved(self, product: Product) -> None:
        """Every write and every sale moves the date, of a variation's parent too."""
        product.modified = self.now()
        product.encoded = None
        parent = self.products.get(product.parent_id)
        if parent is not None:
            parent.modified = product.modified
            parent.encoded = None
        for variation_id in product.variations:
            variation = self.products.get(variation_id)
            if variation is not None:
                variation.encoded = None
        self.webhooks.fire("product.updated", product.id)

    def blank_order(self) -> Order:
        moment = self.now()
        post_id = self.next_post_id()
        key = "".join(self.random.choices(_ALNUM, k=13))
        return Order(
            id=post_id,
            key=f"wc_order_{key}",
            currency=self.settings.currency,
            created=moment,
            modified=moment,
            prices_include_tax=self.settings.prices_include_tax,
            number=str(post_id),
        )

    def add_order(self, order: Order) -> None:
        self.orders[order.id] = order
        self.epoch += 1

    def put_meta(self, entries: list[Meta], key: str, value: object) -> None:
        for entry in entries:
            if entry.key == key:
                if value is None:
                    entries.remove(entry)
                else:
                    entry.value = value
                return
        if value is not None:
            entries.append(Meta(self.next_meta_id(), key, value))

    def note(self, order: Order, text: str, *, author: str = "WooCommerce") -> Note:
        """An order note; it does not move the order's date."""
        self._last_note_id += 1
        note = Note(id=self._last_note_id, author=author, created=self.now(), text=text)
        order.notes.append(note)
        return note

    # -- what every change ends with ------------------------------------------------------

    def saved(
        self,
        order: Order,
        *,
        post_row: bool = False,
        announce: bool = True,
    ) -> None:
        """The order was saved. Its date moves always in HPOS; in posts storage only when the
        row of the order itself changed (`post_row`: status, parent or customer note).
        """
        if self.settings.hpos or post_row:
            order.modified = self.now()
        self.touched(order)
        if announce:
            self.webhooks.fire("order.updated", order.id)

    def touched(self, order: Order) -> None:
        order.encoded.clear()
        self.epoch += 1
