"""Which orders a list holds, in what order, and where the next page begins.

Sorted rows are kept until the next change of an order. Source: GET /api/v2/order/get_order_list.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field

from platforms.sandbox.shopee.errors import wrong_parameters
from platforms.sandbox.shopee.records import Order
from platforms.sandbox.shopee.state import StoreState

Key = tuple[int, str]

_SORTS: dict[str, Callable[[Order], Key]] = {
    "create_time": lambda order: (order.created, order.order_sn),
    "update_time": lambda order: (order.updated, order.order_sn),
}


@dataclass(slots=True)
class _Kept:
    epoch: int = -1
    rows: dict[str, list[Order]] = field(default_factory=dict)
    keys: dict[str, list[Key]] = field(default_factory=dict)


class OrderListing:
    """Answers list queries of one store. The caller holds its lock."""

    def __init__(self, store: StoreState) -> None:
        self._store = store
        self._kept = _Kept()

    def window(self, field_name: str, earliest: int, latest: int) -> list[Order]:
        """Orders whose date lies in a window, both ends included, as this store sorts them."""
        rows, keys = self._sorted(field_name)
        low = bisect_left(keys, (earliest, ""))
        high = bisect_right(keys, (latest, "\uffff"))
        found = rows[low:high]
        if self._store.settings.newest_first:
            found.reverse()
        return found

    def page(
        self, rows: list[Order], field_name: str, cursor: str, size: int
    ) -> tuple[list[Order], str]:
        """(rows of the page, next cursor or ""). ShopeeError for a cursor that is none."""
        start = 0
        if cursor and self._store.settings.stable_cursor:
            start = self._behind(rows, field_name, cursor)
        elif cursor:
            if not (cursor.isascii() and cursor.isdigit()):
                raise wrong_parameters("cursor is invalid.")
            start = int(cursor)
        page = rows[start : start + size]
        if start + size >= len(rows) or not page:
            return page, ""
        if self._store.settings.stable_cursor:
            moment, order_sn = _SORTS[field_name](page[-1])
            return page, f"{moment}_{order_sn}"
        return page, str(start + size)

    def _behind(self, rows: list[Order], field_name: str, cursor: str) -> int:
        moment, _, order_sn = cursor.partition("_")
        if not (moment.isascii() and moment.isdigit()):
            raise wrong_parameters("cursor is invalid.")
        last, key = (int(moment), order_sn), _SORTS[field_name]
        if self._store.settings.newest_first:
            return sum(1 for order in rows if key(order) >= last)
        return bisect_right(rows, last, key=key)

    def _sorted(self, field_name: str) -> tuple[list[Order], list[Key]]:
        if self._kept.epoch != self._store.epoch:
            self._kept = _Kept(epoch=self._store.epoch)
        if field_name not in self._kept.rows:
            key = _SORTS[field_name]
            rows = sorted(self._store.orders.values(), key=key)
            self._kept.rows[field_name] = rows
            self._kept.keys[field_name] = [key(order) for order in rows]
        return self._kept.rows[field_name], self._kept.keys[field_name]
