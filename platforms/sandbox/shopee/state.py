"""The state of the shop, its clock and its sequences, and what every change ends with."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from threading import RLock
from time import time
from typing import Any

from platforms.sandbox.shopee.errors import no_such_order
from platforms.sandbox.shopee.parcels import Parcels
from platforms.sandbox.shopee.products import Products
from platforms.sandbox.shopee.pushes import Pushes
from platforms.sandbox.shopee.records import Order
from platforms.sandbox.shopee.settings import ShopSettings

ORDER_STATUS_PUSH = 3


class StoreState:
    """One shop's rows, under one lock. Ids come from sequences and never repeat."""

    pushes: Pushes
    products: Products
    parcels: Parcels

    def __init__(
        self, settings: ShopSettings, *, seed: int = 1, now: datetime | None = None
    ) -> None:
        self.lock = RLock()
        self.settings = settings
        self.random = random.Random(seed)
        self.url = "http://127.0.0.1"
        """Where this store is reached; set when its socket is open."""
        self.orders: dict[str, Order] = {}
        self.epoch = 0
        """Grows with every change of an order; lists keep their order of rows by it."""
        self._ahead = 0.0 if now is None else now.timestamp() - time()
        self._moment: int | None = None
        self._last_id = 0

    # -- the clock and the sequences ------------------------------------------------------

    def clock(self) -> float:
        """The store's present, in seconds."""
        return time() + self._ahead

    def now(self) -> int:
        """The moment that an action was told to happen at, else the present. Under the lock."""
        return int(self.clock()) if self._moment is None else self._moment

    @contextmanager
    def as_of(self, at: datetime | None) -> Iterator[int]:
        """Within it things happen at `at`; None: now. Gives that instant."""
        before = self._moment
        if at is not None:
            self._moment = int(at.timestamp())
        try:
            yield self.now()
        finally:
            self._moment = before

    def advance(self, seconds: float) -> None:
        """Move the store's clock ahead; tokens age with it. Signatures keep to the real time."""
        self._ahead += seconds

    def next_id(self, first: int) -> int:
        """The next number of one sequence for all rows, above `first`."""
        self._last_id += 1
        return first + self._last_id

    # -- orders ---------------------------------------------------------------------------

    def find_order(self, order_sn: str) -> Order:
        """ShopeeError `error_not_found` when there is none."""
        order = self.orders.get(order_sn)
        if order is None:
            raise no_such_order()
        return order

    def touched(self, order: Order, *, is_value: bool = True) -> None:
        """Every change of an order ends here: its date moves, what was encoded is stale.

        `is_value` False: money alone changed (escrow), which no date tells of.
        """
        if is_value:
            order.updated = max(order.updated, self.now())
            self.epoch += 1
        order.encoded.clear()

    def configure(self, **changes: Any) -> None:
        """Change settings, e.g. `configure(is_approved=True, token_seconds=30)`."""
        with self.lock:
            self.settings = replace(self.settings, **changes)
            for order in self.orders.values():
                order.encoded.clear()
