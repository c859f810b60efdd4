"""Two stores that sell the same stock, and what was sold in them: baskets of every kind, and edits."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from platforms.sandbox.woocommerce import Carriage, Coupon, Sandbox, Sold, open_sandbox

NAMES = ("one", "two")
# More stock items, so that none of them sells out.
PRODUCTS = 30
EDITED_EVERY = 10
# So many orders later the buyer or the shop thinks again.
EDITED_AFTER = 30

Sale = tuple[str, int]
"""(site, order number)."""


@dataclass(slots=True)
class Sales:
    """What was sold. Orders are placed from several threads; `edited` are those changed later."""

    stores: dict[str, Sandbox]
    placed: list[Sale] = field(default_factory=list)
    edited: set[Sale] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def sell(self, name: str) -> int:
        with self.lock:
            number = len(self.placed)
            order = _basket(self.stores[name], number)
            self.placed.append((name, order))
        return order

    def keep_selling(self, orders: int, rate: float) -> threading.Thread:
        """`orders` more at this rate a second, in turns in each store, from a thread that is running."""
        thread = threading.Thread(target=self._sell_all, args=(orders, rate), daemon=True)
        thread.start()
        return thread

    def _sell_all(self, orders: int, rate: float) -> None:
        begun = time.monotonic()
        for number in range(orders):
            self.sell(NAMES[number % len(NAMES)])
            if number % EDITED_EVERY == 0 and number > EDITED_AFTER:
                self._edit(number)
            time.sleep(max(0.0, begun + (number + 1) / rate - time.monotonic()))

    def _edit(self, number: int) -> None:
        """An earlier order is changed, in one of three ways. Not across midnight.

        An effect and its difference are dated by what the store says, and whoever reads only the
        last version sees one of the two.
        """
        with self.lock:
            sale = self.placed[-EDITED_AFTER]
        name, order_id = sale
        store = self.stores[name].store
        order = store.order(order_id)
        today = datetime.now(ZoneInfo(self.stores[name].store.settings.timezone)).date()
        if sale in self.edited or order["date_created"][:10] != today.isoformat():
            return
        match number // EDITED_EVERY % 3:
            case 0:
                store.refund(order_id, amount="1.03", reason="chipped")
            case 1:
                store.edit_line(order_id, quantity=4)
            case _:
                store.set_status(order_id, "completed")
        self.edited.add(sale)


def _basket(sandbox: Sandbox, number: int) -> int:
    lines = [Sold(product=f"HOME-{number % PRODUCTS + 1:04d}", quantity=number % 3 + 1)]
    if number % 3 == 0:
        lines.append(Sold(product="COASTER-KOPI"))
    shipping = [Carriage(total="7.55")] if number % 4 == 0 else []
    coupons = [Coupon(code="TEN", amount="10")] if number % 5 == 0 else []
    return sandbox.store.place_order(lines=lines, shipping=shipping, coupons=coupons)


@contextmanager
def two_stores() -> Iterator[dict[str, Sandbox]]:
    """Both with the same shelf, serving."""
    with open_sandbox(products=PRODUCTS) as one, open_sandbox(products=PRODUCTS) as two:
        yield dict(zip(NAMES, (one, two), strict=True))
