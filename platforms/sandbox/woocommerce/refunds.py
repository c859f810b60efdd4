"""The refund routes, of one order and of the whole shop.

Source: /wc/v3/orders/<id>/refunds, /wc/v3/refunds.
"""

from typing import Any

from platforms.sandbox.woocommerce import refunding
from platforms.sandbox.woocommerce.amounts import wire_decimal
from platforms.sandbox.woocommerce.arguments import Arg
from platforms.sandbox.woocommerce.dates import filter_bound
from platforms.sandbox.woocommerce.errors import RestError, force_required, invalid_id
from platforms.sandbox.woocommerce.exchange import Answer, Call
from platforms.sandbox.woocommerce.links import rest
from platforms.sandbox.woocommerce.loose_values import php_int, wire_meta
from platforms.sandbox.woocommerce.order_json import refund_object
from platforms.sandbox.woocommerce.paging import PAGE_ARGS, counted, window
from platforms.sandbox.woocommerce.records import Order, Refund
from platforms.sandbox.woocommerce.sale import Returned
from platforms.sandbox.woocommerce.settings import StoreSettings
from platforms.sandbox.woocommerce.world import WooStore

_IDS = Arg(type="array", items=Arg(type="integer"))


def list_args(settings: StoreSettings) -> dict[str, Arg]:
    dates = ("after", "before", "modified_after", "modified_before")
    return {
        "context": Arg(default="view", enum=("view", "edit")),
        **PAGE_ARGS,
        **{name: Arg(type="date-time") for name in dates},
        "dates_are_gmt": Arg(type="boolean", default=False),
        "include": _IDS,
        "exclude": _IDS,
        "parent": _IDS,
        "parent_exclude": _IDS,
        "search": Arg(),
        "order": Arg(default="desc", enum=("asc", "desc")),
        "orderby": Arg(default="date", enum=("date", "id", "include", "title", "slug", "modified")),
        "dp": Arg(type="integer", default=settings.decimals),
    }


def write_args(settings: StoreSettings) -> dict[str, Arg]:
    return {
        "amount": Arg(),
        "reason": Arg(),
        "refunded_by": Arg(type="integer"),
        "api_refund": Arg(type="boolean", default=True),
        "api_restock": Arg(type="boolean", default=True),
        "line_items": Arg(type="array", items=Arg(type="object")),
        "dp": Arg(type="integer", default=settings.decimals),
    }


class RefundRoutes:
    """Handlers of the refund routes; the caller holds the store's lock."""

    def __init__(self, store: WooStore) -> None:
        self._store = store

    def of_order(self, call: Call) -> Answer:
        """An unknown order has an empty list."""
        order = self._store.orders.get(call.ids[0])
        return self._page(call, list(order.refunds) if order else [], with_parent=False)

    def of_shop(self, call: Call) -> Answer:
        refunds = [refund for order in self._store.orders.values() for refund in order.refunds]
        if call.params.get("parent"):
            parents = set(call.params["parent"])
            refunds = [refund for refund in refunds if refund.order_id in parents]
        if call.params.get("parent_exclude"):
            shut_out = set(call.params["parent_exclude"])
            refunds = [refund for refund in refunds if refund.order_id not in shut_out]
        return self._page(call, refunds, with_parent=True)

    def get(self, call: Call) -> Answer:
        order = self._order(call.ids[0])
        refund = self._refund(order, call.ids[1])
        return Answer(refund_object(self._store, refund, call.params["dp"]))

    def create(self, call: Call) -> Answer:
        order = self._order(call.ids[0])
        sent, dp = call.sent, call.params["dp"]
        amount = sent.get("amount")
        refund = refunding.create(
            self._store,
            order,
            amount=None if amount in (None, "") else wire_decimal(amount),
            lines=[_returned(item) for item in sent.get("line_items") or ()],
            reason=str(sent.get("reason") or ""),
            refunded_by=php_int(sent.get("refunded_by")) or 1,
            restock=bool(call.params["api_restock"]),
            through_gateway=bool(call.params["api_refund"]),
        )
        wire_meta(self._store, refund.meta, sent.get("meta_data"))
        location = f"{rest(self._store.home)}/orders/{order.id}/refunds/{refund.id}"
        return Answer(refund_object(self._store, refund, dp), status=201, location=location)

    def delete(self, call: Call) -> Answer:
        order = self._order(call.ids[0])
        refund = self._refund(order, call.ids[1])
        if str(call.params.get("force", "true")).lower() in ("0", "false"):
            raise force_required("Refunds")
        before = refund_object(self._store, refund, self._store.settings.decimals)
        self._store.delete_refund(refund.id)
        return Answer(before)

    def _order(self, order_id: int) -> Order:
        order = self._store.orders.get(order_id)
        if order is None:
            raise RestError("woocommerce_rest_invalid_order_id", "Invalid order ID.", 404)
        return order

    def _refund(self, order: Order, refund_id: int) -> Refund:
        if refund_id not in self._store.refund_orders:
            raise invalid_id("shop_order_refund", 404)
        for refund in order.refunds:
            if refund.id == refund_id:
                return refund
        raise RestError(
            "woocommerce_rest_invalid_order_refund_id", "Invalid order refund ID.", 500, data=404
        )

    def _page(self, call: Call, refunds: list[Refund], *, with_parent: bool) -> Answer:
        params, dp = call.params, call.params["dp"]
        rows = [refund for refund in refunds if self._wanted(refund, params)]
        by_id = params.get("orderby") == "id"
        rows.sort(
            key=lambda refund: (0 if by_id else refund.created, refund.id),
            reverse=params["order"] == "desc",
        )
        page: list[dict[str, Any]] = [
            refund_object(self._store, refund, dp, with_parent=with_parent)
            for refund in window(rows, params)
        ]
        return counted(Answer(page), rows, params, empty_past_end=self._store.settings.hpos)

    def _wanted(self, refund: Refund, params: dict[str, Any]) -> bool:
        """A refund's only date is the one of its making; it stands for "modified" too."""
        for name, later in _BOUNDS:
            if params.get(name) is None:
                continue
            gmt = bool(params.get("dates_are_gmt"))
            bound = filter_bound(params[name], self._store.zone, dates_are_gmt=gmt)
            if refund.created <= bound if later else refund.created >= bound:
                return False
        if params.get("include") and refund.id not in params["include"]:
            return False
        return refund.id not in (params.get("exclude") or ())


_BOUNDS = (
    ("after", True),
    ("modified_after", True),
    ("before", False),
    ("modified_before", False),
)


def _returned(item: dict[str, Any]) -> Returned:
    taxes = item.get("refund_tax") or []
    total = item.get("refund_total")
    return Returned(
        id=php_int(item.get("id")),
        quantity=php_int(item.get("quantity")),
        total=None if total is None else wire_decimal(total),
        taxes=[(php_int(tax.get("id")), wire_decimal(tax.get("refund_total"))) for tax in taxes],
    )
