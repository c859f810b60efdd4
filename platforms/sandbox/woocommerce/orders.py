"""The order routes.

Source: /wc/v3/orders, /wc/v3/orders/<id>, /wc/v3/orders/batch, /wc/v3/orders/statuses.
"""

import json
from typing import Any

from platforms.sandbox.woocommerce import order_writing
from platforms.sandbox.woocommerce.arguments import Arg
from platforms.sandbox.woocommerce.batches import run_batch
from platforms.sandbox.woocommerce.errors import RestError, invalid_id
from platforms.sandbox.woocommerce.exchange import Answer, Call
from platforms.sandbox.woocommerce.links import rest
from platforms.sandbox.woocommerce.order_json import encoded_order, order_object
from platforms.sandbox.woocommerce.order_listing import OrderListing
from platforms.sandbox.woocommerce.paging import PAGE_ARGS, counted, window
from platforms.sandbox.woocommerce.php_json import encoded, joined
from platforms.sandbox.woocommerce.records import Order
from platforms.sandbox.woocommerce.settings import StoreSettings
from platforms.sandbox.woocommerce.world import WooStore

_IDS = Arg(type="array", items=Arg(type="integer"))
_TEXTS = Arg(type="array", items=Arg())
_TEXT = Arg()


def list_args(settings: StoreSettings) -> dict[str, Arg]:
    statuses = ("any", "trash", "auto-draft", *settings.status_slugs)
    args = {
        "context": Arg(default="view", enum=("view", "edit")),
        **PAGE_ARGS,
        "search": _TEXT,
        "after": Arg(type="date-time"),
        "before": Arg(type="date-time"),
        "dates_are_gmt": Arg(type="boolean", default=False),
        "exclude": _IDS,
        "include": _IDS,
        "order": Arg(default="desc", enum=("asc", "desc")),
        "orderby": Arg(default="date", enum=("date", "id", "include", "title", "slug", "modified")),
        "parent": _IDS,
        "parent_exclude": _IDS,
        "status": Arg(type="array", default=["any"], items=Arg(enum=statuses)),
        "customer": Arg(type="integer"),
        "product": Arg(type="integer"),
        "dp": Arg(type="integer", default=settings.decimals),
        "order_item_display_meta": Arg(type="boolean", default=False),
        "include_meta": _TEXTS,
        "exclude_meta": _TEXTS,
        "created_via": _TEXTS,
    }
    if settings.modified_filters:
        args["modified_after"] = args["modified_before"] = Arg(type="date-time")
    return args


def item_args(settings: StoreSettings) -> dict[str, Arg]:
    return {
        "context": Arg(default="view", enum=("view", "edit")),
        "dp": Arg(type="integer", default=settings.decimals),
    }


def write_args(settings: StoreSettings) -> dict[str, Arg]:
    address = Arg(type="object", members={"email": Arg(type="email")})
    line = {
        "id": Arg(type="integer"),
        "product_id": Arg(type="integer"),
        "variation_id": Arg(type="integer"),
        "quantity": Arg(type="integer"),
        "subtotal": _TEXT,
        "total": _TEXT,
    }
    extra = {"id": Arg(type="integer"), "total": _TEXT}

    def lines(members: dict[str, Arg]) -> Arg:
        return Arg(type="array", items=Arg(type="object", members=members))

    return {
        "parent_id": Arg(type="integer"),
        "status": Arg(enum=settings.status_slugs),
        "customer_id": Arg(type="integer"),
        "customer_note": _TEXT,
        "billing": address,
        "shipping": Arg(type="object"),
        "payment_method": _TEXT,
        "payment_method_title": _TEXT,
        "transaction_id": _TEXT,
        "meta_data": Arg(type="array", items=Arg(type="object")),
        "line_items": lines(line),
        "shipping_lines": lines(extra),
        "fee_lines": lines(extra),
        "coupon_lines": lines({"code": _TEXT}),
        "set_paid": Arg(type="boolean"),
    }


class OrderRoutes:
    """Handlers of the order routes; the caller holds the store's lock."""

    def __init__(self, store: WooStore) -> None:
        self._store = store
        self._listing = OrderListing(store)

    def listing(self, call: Call) -> Answer:
        store, params = self._store, call.params
        rows = self._listing.matching(params)
        dp = params["dp"]
        page = [encoded_order(store, order, dp) for order in window(rows, params)]
        if params.get("include_meta") or params.get("exclude_meta"):
            page = [_with_meta(text, params) for text in page]
        defaults = {
            "status": {"0": "any"},
            "dp": str(store.settings.decimals),
            "context": "view",
        }
        answer = Answer(encoded=joined(page))
        return counted(answer, rows, params, defaults=defaults, empty_past_end=store.settings.hpos)

    def get(self, call: Call) -> Answer:
        order = self._found(call.ids[0], 404)
        return Answer(encoded=encoded_order(self._store, order, call.params["dp"]))

    def create(self, call: Call) -> Answer:
        order = order_writing.create(self._store, call.sent)
        return Answer(
            self._object(order), status=201, location=f"{rest(self._store.home)}/orders/{order.id}"
        )

    def update(self, call: Call) -> Answer:
        order = self._found(call.ids[0], 400)
        order_writing.update(self._store, order, call.sent)
        return Answer(self._object(order))

    def delete(self, call: Call) -> Answer:
        order = self._found(call.ids[0], 404)
        before = self._object(order)
        if str(call.params.get("force", "")).lower() in ("1", "true"):
            self._store.force_delete(order.id)
        elif order.status == "trash":
            raise RestError(
                "woocommerce_rest_already_trashed", "The order has already been deleted.", 410
            )
        else:
            self._store.trash(order.id)
        return Answer(before)

    def batch(self, call: Call) -> Answer:
        return Answer(
            run_batch(
                call.sent,
                limit=self._store.settings.batch_limit,
                create=lambda item: self._object(order_writing.create(self._store, item)),
                update=self._update_item,
                delete=self._delete_item,
            )
        )

    def statuses(self, call: Call) -> Answer:
        return Answer(
            [{"slug": slug, "name": name} for slug, name in self._store.settings.statuses]
        )

    def _update_item(self, order_id: int, item: dict[str, Any]) -> dict[str, Any]:
        order = self._found(order_id, 400)
        order_writing.update(self._store, order, item)
        return self._object(order)

    def _delete_item(self, order_id: int) -> dict[str, Any]:
        order = self._found(order_id, 404)
        before = self._object(order)
        self._store.force_delete(order_id)
        return before

    def _found(self, order_id: int, status: int) -> Order:
        order = self._store.orders.get(order_id)
        if order is None:
            message = "ID is invalid." if status == 400 else "Invalid ID."
            raise invalid_id("shop_order", status, message)
        return order

    def _object(self, order: Order) -> dict[str, Any]:
        return order_object(self._store, order, self._store.settings.decimals)


def _with_meta(text: bytes, params: dict[str, Any]) -> bytes:
    """Only the `meta_data` keys that were asked for."""
    order = json.loads(text)
    wanted, unwanted = params.get("include_meta") or [], params.get("exclude_meta") or []
    order["meta_data"] = [
        entry
        for entry in order["meta_data"]
        if (not wanted or entry["key"] in wanted) and entry["key"] not in unwanted
    ]
    return encoded(order)
