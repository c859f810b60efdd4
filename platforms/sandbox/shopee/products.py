"""What the seller does with the shop's items, in the seller's own pages.

Each action is under the store's lock. LookupError: nothing is sold under that name.
"""

from collections.abc import Sequence
from decimal import Decimal

from platforms.sandbox.shopee.catalogue import ITEM_STATUSES, Catalogue, Ref


class Products(Catalogue):
    """The catalogue with the seller's actions and the switches on the shop."""

    def set_stock(self, ref: Ref, quantity: int) -> None:
        """The seller types another number in the seller's own pages."""
        with self._store.lock:
            item, model = self.find(ref)
            model.stock = {self._home(): quantity}
            self.edited(item)

    def set_price(self, ref: Ref, price: str) -> None:
        with self._store.lock:
            item, model = self.find(ref)
            model.price = Decimal(price)
            self.edited(item)

    def rename_sku(self, ref: Ref, sku: str) -> None:
        with self._store.lock:
            item, model = self.find(ref)
            if model.model_id:
                model.sku = sku
            else:
                item.sku = sku
            self.edited(item)

    def set_status(self, ref: Ref, status: str) -> None:
        """One of ITEM_STATUSES; deleted items stay readable, banned ones too."""
        if status not in ITEM_STATUSES:
            raise ValueError(f"no such item status: {status}")
        with self._store.lock:
            item, _ = self.find(ref)
            item.status = status
            self.edited(item)

    def ban(self, ref: Ref) -> None:
        """The platform takes the item off the shop; `set_status(ref, "NORMAL")` ends it."""
        self.set_status(ref, "BANNED")

    def remove(self, ref: Ref) -> None:
        """Gone altogether: no call knows the item any more."""
        with self._store.lock:
            self.items.pop(self.find(ref)[0].item_id)

    def open_warehouses(self, locations: Sequence[str]) -> None:
        """The shop becomes one with warehouses; what it had lies in the first. None: back."""
        with self._store.lock:
            self._store.configure(locations=tuple(locations))
            for item in self.items.values():
                for model in item.models.values():
                    model.stock = {self._home(): model.pieces}

    def stock_at(self, ref: Ref, location: str, quantity: int) -> None:
        """Pieces of one warehouse."""
        with self._store.lock:
            item, model = self.find(ref)
            model.stock[location] = quantity
            self.edited(item)

    def start_promotion(
        self, ref: Ref, *, reserved: int = 0, locked: bool = False, says: str = ""
    ) -> None:
        """A campaign sets pieces apart, or locks the stock; see StockRefusals.promote."""
        with self._store.lock:
            item, model = self.find(ref)
            self.refusals.promote(
                item.item_id, model.model_id, reserved=reserved, locked=locked, says=says
            )

    def stop_promotion(self, ref: Ref) -> None:
        with self._store.lock:
            item, model = self.find(ref)
            self.refusals.promotions.pop((item.item_id, model.model_id), None)

    def holiday(self, is_on: bool = True) -> None:
        """Holiday mode: stock cannot be changed."""
        with self._store.lock:
            self.refusals.is_on_holiday = is_on

    def warehouse_runs_it(self, is_on: bool = True) -> None:
        """The platform's warehouse keeps the stock: the seller cannot change it."""
        with self._store.lock:
            self.refusals.is_run_by_a_warehouse = is_on

    def penalise(self, is_on: bool = True) -> None:
        """The shop is under penalty."""
        with self._store.lock:
            self.refusals.is_under_penalty = is_on

    def fail_next_write(self, ref: Ref, reason: str, times: int = 1) -> None:
        """The next rows that write this listing's stock fail alone, for `reason`."""
        with self._store.lock:
            item, model = self.find(ref)
            self.refusals.fail_next(item.item_id, model.model_id, reason, times)
