"""Which orders a list holds, and in what order.

The result of a query is kept while no order changes, so that the pages of one walk cost
one pass over the orders.
Source: GET /wc/v3/orders, parameters.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from platforms.sandbox.woocommerce.dates import filter_bound
from platforms.sandbox.woocommerce.records import Order

if TYPE_CHECKING:
    from platforms.sandbox.woocommerce.state import StoreState

Test = Callable[[Order], bool]
SortKey = Callable[[Order], tuple[int, int]]

_KEPT = 32


class OrderListing:
    """Answers list queries; holds sorted orders and results until the store's next change."""

    def __init__(self, store: "StoreState") -> None:
        self._store = store
        self._epoch = -1
        self._results: dict[str, list[Order]] = {}
        self._sorted: dict[str, list[Order]] = {}

    def matching(self, params: dict[str, Any]) -> list[Order]:
        """All orders of the query, sorted; the caller cuts the page."""
        if self._epoch != self._store.epoch:
            self._epoch = self._store.epoch
            self._results.clear()
            self._sorted.clear()
        query = repr(
            sorted((k, v) for k, v in params.items() if k in _FILTERS and v not in (None, []))
        )
        found = self._results.get(query)
        if found is None:
            if len(self._results) >= _KEPT:
                self._results.clear()
            found = self._results[query] = self._find(params)
        return found

    def _find(self, params: dict[str, Any]) -> list[Order]:
        orderby = params.get("orderby", "date")
        if orderby == "include" and params.get("include"):
            position = {order_id: n for n, order_id in enumerate(params["include"])}
            rows = sorted(
                (o for o in self._store.orders.values() if o.id in position),
                key=lambda order: position[order.id],
            )
        else:
            rows = self._by(orderby)
        bounds = self._bounds(params)
        rows = _cut(rows, _SORTS.get(orderby), orderby, bounds)
        tests = [*_tests(self._store, params), *_date_tests(bounds, done=orderby)]
        found = [order for order in rows if all(test(order) for test in tests)]
        if params.get("order", "desc") == "desc" and orderby != "include":
            found.reverse()
        return found

    def _by(self, orderby: str) -> list[Order]:
        """All orders ascending; ties by id."""
        name = orderby if orderby in _SORTS else "date"
        if name not in self._sorted:
            self._sorted[name] = sorted(self._store.orders.values(), key=_SORTS[name])
        return self._sorted[name]

    def _bounds(self, params: dict[str, Any]) -> dict[str, tuple[int | None, int | None]]:
        def bound(name: str) -> int | None:
            value = params.get(name)
            if value is None:
                return None
            gmt = bool(params.get("dates_are_gmt"))
            return filter_bound(value, self._store.zone, dates_are_gmt=gmt)

        modified = (None, None)
        if self._store.settings.modified_filters:
            return {
                "date": (bound("after"), bound("before")),
                "modified": (bound("modified_after"), bound("modified_before")),
            }
        return {"date": (bound("after"), bound("before")), "modified": modified}


_SORTS: dict[str, SortKey] = {
    "date": lambda order: (order.created, order.id),
    "modified": lambda order: (order.modified, order.id),
    "id": lambda order: (order.id, order.id),
}

_FILTERS = frozenset(
    {
        "after",
        "before",
        "modified_after",
        "modified_before",
        "dates_are_gmt",
        "status",
        "include",
        "exclude",
        "parent",
        "parent_exclude",
        "customer",
        "product",
        "search",
        "created_via",
        "orderby",
        "order",
    }
)


def _cut(
    rows: list[Order],
    key: SortKey | None,
    orderby: str,
    bounds: dict[str, tuple[int | None, int | None]],
) -> list[Order]:
    """The stretch of a list sorted by a date that its own bounds leave; both exclusive."""
    if key is None or orderby not in bounds:
        return rows
    after, before = bounds[orderby]
    low, high = 0, len(rows)
    if after is not None:
        low = bisect_right(rows, after, key=lambda order: key(order)[0])
    if before is not None:
        high = bisect_left(rows, before, key=lambda order: key(order)[0])
    return rows[low:high] if (low, high) != (0, len(rows)) else rows


def _date_tests(bounds: dict[str, tuple[int | None, int | None]], *, done: str) -> list[Test]:
    tests: list[Test] = []
    for name, (after, before) in bounds.items():
        if name == done:
            continue
        key = _SORTS[name]
        if after is not None:
            tests.append(_later(key, after))
        if before is not None:
            tests.append(_earlier(key, before))
    return tests


def _later(key: SortKey, bound: int) -> Test:
    return lambda order: key(order)[0] > bound


def _earlier(key: SortKey, bound: int) -> Test:
    return lambda order: key(order)[0] < bound


def _tests(store: "StoreState", params: dict[str, Any]) -> list[Test]:
    statuses = _statuses(store, params.get("status") or ["any"])
    tests: list[Test] = [lambda order: order.status in statuses]
    if not store.settings.hpos and "any" in (params.get("status") or ["any"]):
        tests[0] = lambda order: (
            order.status in statuses
            or (
                order.status not in store.settings.status_slugs
                and order.status not in ("trash", "auto-draft")
            )
        )
    if params.get("include"):
        wanted = set(params["include"])
        tests.append(lambda order: order.id in wanted)
    if params.get("exclude"):
        unwanted = set(params["exclude"])
        tests.append(lambda order: order.id not in unwanted)
    if params.get("parent"):
        parents = set(params["parent"])
        tests.append(lambda order: order.parent_id in parents)
    if params.get("parent_exclude"):
        shut_out = set(params["parent_exclude"])
        tests.append(lambda order: order.parent_id not in shut_out)
    if params.get("customer") is not None:
        customer = params["customer"]
        tests.append(lambda order: order.customer_id == customer)
    if params.get("product") is not None:
        product = params["product"]
        tests.append(lambda order: any(line.product_id == product for line in order.lines))
    if params.get("created_via"):
        ways = set(params["created_via"])
        tests.append(lambda order: order.created_via in ways)
    if params.get("search"):
        needle = str(params["search"]).lower()
        tests.append(lambda order: needle in _searched(order))
    return tests


def _statuses(store: "StoreState", asked: list[str]) -> frozenset[str]:
    if "any" not in asked:
        return frozenset(asked)
    known = set(store.settings.status_slugs)
    if not store.settings.drafts_in_any:
        known.discard("checkout-draft")
    return frozenset(known | (set(asked) - {"any"}))


def _searched(order: Order) -> str:
    parts = [order.number, *order.billing.values(), *order.shipping.values()]
    name = f"{order.billing.get('first_name', '')} {order.billing.get('last_name', '')}"
    return "\n".join([*parts, name, *(line.name for line in order.lines)]).lower()
