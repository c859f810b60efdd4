"""The routes of orders.

Source: GET /api/v2/order/get_order_list, get_order_detail, get_shipment_list,
POST /api/v2/order/cancel_order, handle_buyer_cancellation, set_note.
"""

from collections.abc import Mapping
from typing import Any

from platforms.sandbox.shopee.errors import ShopeeError, no_such_order, wrong_parameters
from platforms.sandbox.shopee.exchange import Call, Kind, Param, Reply, Route
from platforms.sandbox.shopee.order_json import ALL_FIELDS, order_object
from platforms.sandbox.shopee.records import Order, Status
from platforms.sandbox.shopee.sale import Given
from platforms.sandbox.shopee.statuses import LIST_FILTERS
from platforms.sandbox.shopee.wire_json import encoded
from platforms.sandbox.shopee.world import ShopeeStore

LONGEST_WINDOW = 15 * 86_400

_TO_SHIP = (Status.READY_TO_SHIP, Status.RETRY_SHIP)
_CANCELLABLE = (Status.UNPAID, Status.READY_TO_SHIP)


def get_order_list(store: ShopeeStore, call: Call) -> Reply:
    args = call.args
    earliest, latest = args["time_from"], args["time_to"]
    if earliest >= latest or latest - earliest > LONGEST_WINDOW:
        raise ShopeeError(
            "order.order_list_invalid_time",
            "Start time must be earlier than end time and diff in 15days.",
        )
    rows = store.listing.window(args["time_range_field"], earliest, latest)
    shows_pending = bool(args["request_order_status_pending"])
    wanted = args["order_status"]
    if wanted:
        rows = [order for order in rows if _listed(order, shows_pending) == wanted]
    page, cursor = store.listing.page(
        rows, args["time_range_field"], args["cursor"], args["page_size"]
    )
    has_status = "order_status" in (args["response_optional_fields"] or ())
    listed: list[dict[str, Any]] = []
    for order in page:
        row = {"order_sn": order.order_sn}
        if has_status:
            row["order_status"] = _listed(order, shows_pending)
        listed.append(row)
    return Reply(response={"more": bool(cursor), "next_cursor": cursor, "order_list": listed})


def _listed(order: Order, shows_pending: bool) -> str:
    """Without the flag an order under review looks ready, as before there was PENDING."""
    if order.status is Status.PENDING and not shows_pending:
        return Status.READY_TO_SHIP.value
    return order.status.value


def get_order_detail(store: ShopeeStore, call: Call) -> Reply:
    asked = frozenset(call.args["response_optional_fields"] or ())
    names = list(dict.fromkeys(call.args["order_sn_list"]))
    missing = [name for name in names if name not in store.orders]
    if missing and store.settings.unknown_sn != "omit":
        raise no_such_order()
    shows_pending = bool(call.args["request_order_status_pending"])
    found = [store.orders[name] for name in names if name in store.orders]
    rows = [encoded_order(store, order, asked, shows_pending=shows_pending) for order in found]
    warning = [f"the order is not found: {name}" for name in missing] or None
    return Reply(raw=b'{"order_list":[' + b",".join(rows) + b"]}", warning=warning)


def encoded_order(
    store: ShopeeStore, order: Order, asked: frozenset[str], *, shows_pending: bool = False
) -> bytes:
    """The order's JSON, kept until something in it changes."""
    key = ",".join(sorted(asked))
    if order.status is Status.PENDING and not shows_pending:
        legacy = order_object(store, order, asked) | {"order_status": _listed(order, False)}
        return encoded(legacy)
    kept = order.encoded.get(key)
    if kept is None:
        kept = order.encoded[key] = encoded(order_object(store, order, asked))
    return kept


def get_shipment_list(store: ShopeeStore, call: Call) -> Reply:
    """One row per package that is still to be arranged."""
    rows = [
        {"order_sn": order.order_sn, "package_number": number}
        for order in store.orders.values()
        if order.status in _TO_SHIP
        for number in store.parcels.package_numbers(order)
    ]
    cursor, size = call.args["cursor"], call.args["page_size"]
    if cursor and not (cursor.isascii() and cursor.isdigit()):
        raise wrong_parameters("cursor is invalid.")
    start = int(cursor or 0)
    more = start + size < len(rows)
    return Reply(
        response={
            "order_list": rows[start : start + size],
            "more": more,
            "next_cursor": str(start + size) if more else "",
        }
    )


def cancel_order(store: ShopeeStore, call: Call) -> Reply:
    """The seller cancels, before the shipment is arranged; or only some of the pieces."""
    order = store.find_order(call.args["order_sn"])
    reason = call.args["cancel_reason"]
    if order.status not in _CANCELLABLE:
        raise ShopeeError("order.error_limit", "Can not cancel this order.")
    if reason == "OUT_OF_STOCK" and not (
        call.args["item_list"] or call.args["partial_cancel_item_list"]
    ):
        raise wrong_parameters("item_list is required.")
    if call.args["partial_cancel_item_list"]:
        store.cancel_pieces(order.order_sn, _pieces(order, call.args["partial_cancel_item_list"]))
    else:
        _pieces(order, call.args["item_list"] or [])
        store.cancel(order.order_sn, by="seller", reason=reason)
    return Reply(response={"update_time": order.updated})


def _pieces(order: Order, rows: list[Any]) -> list[Given]:
    given = []
    for row in rows:
        key = (row.get("item_id"), row.get("model_id", 0)) if isinstance(row, dict) else None
        places = [n for n, line in enumerate(order.lines) if line.key == key]
        if not places:
            raise wrong_parameters("item_list has an item that the order has not.")
        line = order.lines[places[0]]
        pieces = row.get("cancel_qty", line.quantity)
        if not isinstance(pieces, int) or not 0 < pieces <= line.quantity - line.cancelled:
            raise wrong_parameters("cancel_qty is invalid.")
        given.append(Given(line=places[0], quantity=pieces))
    return given


def handle_buyer_cancellation(store: ShopeeStore, call: Call) -> Reply:
    order = store.find_order(call.args["order_sn"])
    if order.status is not Status.IN_CANCEL:
        raise ShopeeError("order.cancel_order_invalid_status", "The order is not in cancellation.")
    store.answer_cancel(order.order_sn, accept=call.args["operation"] == "ACCEPT")
    return Reply(response={"update_time": order.updated})


def set_note(store: ShopeeStore, call: Call) -> Reply:
    order = store.find_order(call.args["order_sn"])
    store.set_note(order.order_sn, call.args["note"])
    return Reply()


_SN = Param(is_required=True)
_CURSOR = Param(default="")
_PAGE_SIZE = Param(kind=Kind.INT, is_required=True, least=1, most=100)
_PENDING = Param(kind=Kind.BOOL, default=False)

ROUTES: Mapping[str, Route] = {
    "/order/get_order_list": Route(
        method="GET",
        handler=get_order_list,
        params={
            "time_range_field": Param(is_required=True, choices=("create_time", "update_time")),
            "time_from": Param(kind=Kind.INT, is_required=True, least=0),
            "time_to": Param(kind=Kind.INT, is_required=True, least=0),
            "page_size": _PAGE_SIZE,
            "cursor": _CURSOR,
            "order_status": Param(choices=LIST_FILTERS),
            "response_optional_fields": Param(kind=Kind.COMMA, choices=("order_status",)),
            "request_order_status_pending": _PENDING,
            "logistics_channel_id": Param(kind=Kind.INT),
        },
    ),
    "/order/get_order_detail": Route(
        method="GET",
        handler=get_order_detail,
        params={
            "order_sn_list": Param(kind=Kind.COMMA, is_required=True, most=50),
            "response_optional_fields": Param(kind=Kind.COMMA, choices=tuple(sorted(ALL_FIELDS))),
            "request_order_status_pending": _PENDING,
        },
    ),
    "/order/get_shipment_list": Route(
        method="GET",
        handler=get_shipment_list,
        params={"cursor": _CURSOR, "page_size": _PAGE_SIZE},
    ),
    "/order/cancel_order": Route(
        method="POST",
        handler=cancel_order,
        params={
            "order_sn": _SN,
            "cancel_reason": Param(
                is_required=True,
                choices=(
                    "OUT_OF_STOCK",
                    "CUSTOMER_REQUEST",
                    "UNDELIVERABLE_AREA",
                    "COD_NOT_SUPPORTED",
                ),
            ),
            "item_list": Param(kind=Kind.JSON),
            "partial_cancel_item_list": Param(kind=Kind.JSON),
        },
    ),
    "/order/handle_buyer_cancellation": Route(
        method="POST",
        handler=handle_buyer_cancellation,
        params={
            "order_sn": _SN,
            "operation": Param(is_required=True, choices=("ACCEPT", "REJECT")),
        },
    ),
    "/order/set_note": Route(
        method="POST", handler=set_note, params={"order_sn": _SN, "note": Param(is_required=True)}
    ),
}
