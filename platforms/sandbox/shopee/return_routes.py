"""The routes of returns. Source: GET /api/v2/returns/get_return_list, get_return_detail."""

from collections.abc import Mapping
from typing import Any

from platforms.sandbox.shopee.errors import ShopeeError, wrong_parameters
from platforms.sandbox.shopee.exchange import Call, Kind, Param, Reply, Route
from platforms.sandbox.shopee.records import Return
from platforms.sandbox.shopee.return_actions import STATUSES
from platforms.sandbox.shopee.world import ShopeeStore

LONGEST_WINDOW = 15 * 86_400
_DAY = 86_400


def get_return_list(store: ShopeeStore, call: Call) -> Reply:
    """Newest first. Pages begin at `first_return_page` of the settings."""
    args = call.args
    rows = sorted(store.returns.values(), key=lambda row: (row.created, row.return_sn))
    rows.reverse()
    for name in ("create_time", "update_time"):
        earliest, latest = args[f"{name}_from"], args[f"{name}_to"]
        if earliest is None and latest is None:
            continue
        if earliest is None or latest is None or earliest > latest:
            raise wrong_parameters(f"{name}_from and {name}_to must be a period.")
        if latest - earliest > LONGEST_WINDOW:
            raise wrong_parameters(f"{name}_from and {name}_to must be within 15 days.")
        rows = [
            row
            for row in rows
            if earliest <= (row.created if name == "create_time" else row.updated) <= latest
        ]
    if args["status"]:
        rows = [row for row in rows if row.status == args["status"]]
    page_no = max(0, args["page_no"] - store.settings.first_return_page)
    start = page_no * args["page_size"]
    page = rows[start : start + args["page_size"]]
    return Reply(
        response={
            "more": start + len(page) < len(rows),
            "return": [return_object(store, row) for row in page],
        }
    )


def get_return_detail(store: ShopeeStore, call: Call) -> Reply:
    found = store.returns.get(call.args["return_sn"])
    if found is None:
        raise ShopeeError("error_not_found", "Wrong parameters, detail: the return is not found.")
    return Reply(response=return_object(store, found))


def return_object(store: ShopeeStore, found: Return) -> dict[str, Any]:
    order = store.orders[found.order_sn]
    return {
        "return_sn": found.return_sn,
        "order_sn": found.order_sn,
        "status": found.status,
        "reason": found.reason,
        "text_reason": found.text_reason,
        "reassessed_request_reason": "",
        "refund_amount": found.refund,
        "amount_before_discount": found.refund,
        "currency": order.currency,
        "create_time": found.created,
        "update_time": found.updated,
        "due_date": found.created + 3 * _DAY,
        "return_ship_due_date": found.created + 5 * _DAY,
        "return_seller_due_date": found.created + 7 * _DAY,
        "tracking_number": found.tracking_number,
        "needs_logistics": found.solution == 0,
        "item": _items(store, found),
        "user": {"username": order.recipient.username, "email": "", "portrait": ""},
        "negotiation_status": "TERMINATED" if found.status == "ACCEPTED" else "ONGOING",
        "seller_proof_status": "NOT_NEEDED",
        "seller_compensation_status": "COMPENSATION_NOT_APPLICABLE",
        "return_refund_type": found.type,
        "return_solution": found.solution,
        "return_refund_request_type": 0,
        "validation_type": "seller_validation",
        "follow_up_action_list": [],
    }


def _items(store: ShopeeStore, found: Return) -> list[dict[str, Any]]:
    """`amount` is a number of pieces."""
    by_id = {line.line_item_id: line for line in store.orders[found.order_sn].lines}
    rows = []
    for piece in found.pieces:
        line = by_id[piece.line_item_id]
        rows.append(
            {
                "item_id": line.item_id,
                "model_id": line.model_id,
                "name": line.item_name,
                "images": [],
                "amount": piece.quantity,
                "item_price": line.discounted / line.quantity,
                "item_sku": line.item_sku,
                "variation_sku": line.model_sku,
                "is_add_on_deal": line.promotion_type.startswith("add_on_deal"),
                "is_main_item": line.is_main_item,
                "add_on_deal_id": 0,
            }
        )
    return rows


_TIME = Param(kind=Kind.INT, least=0)

ROUTES: Mapping[str, Route] = {
    "/returns/get_return_list": Route(
        method="GET",
        handler=get_return_list,
        params={
            "page_no": Param(kind=Kind.INT, is_required=True, least=0),
            "page_size": Param(kind=Kind.INT, is_required=True, least=1, most=100),
            "create_time_from": _TIME,
            "create_time_to": _TIME,
            "update_time_from": _TIME,
            "update_time_to": _TIME,
            "status": Param(choices=STATUSES),
            "negotiation_status": Param(),
            "seller_proof_status": Param(),
            "seller_compensation_status": Param(),
        },
    ),
    "/returns/get_return_detail": Route(
        method="GET", handler=get_return_detail, params={"return_sn": Param(is_required=True)}
    ),
}
