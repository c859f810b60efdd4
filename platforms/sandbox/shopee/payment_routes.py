"""The routes of money.

Source: GET /api/v2/payment/get_escrow_detail, POST get_escrow_detail_batch,
GET get_escrow_list, get_wallet_transaction_list, get_payout_detail.
"""

from collections.abc import Mapping
from typing import Any

from platforms.sandbox.shopee.errors import ShopeeError, wrong_parameters
from platforms.sandbox.shopee.escrow_json import escrow_object, is_readable
from platforms.sandbox.shopee.exchange import Call, Kind, Param, Reply, Route
from platforms.sandbox.shopee.records import Order
from platforms.sandbox.shopee.wallet import TYPES, Movement
from platforms.sandbox.shopee.wire_json import encoded
from platforms.sandbox.shopee.world import ShopeeStore

LARGEST_BATCH = 50
LONGEST_WINDOW = 15 * 86_400


def get_escrow_detail(store: ShopeeStore, call: Call) -> Reply:
    """`order_not_found` too while there is no escrow yet."""
    order = store.orders.get(call.args["order_sn"])
    if order is None or not is_readable(order):
        raise ShopeeError("order_not_found", "The order is not found.")
    return Reply(raw=encoded_escrow(order))


def get_escrow_detail_batch(store: ShopeeStore, call: Call) -> Reply:
    """Orders without an escrow, or that are not there, have no row."""
    names = call.args["order_sn_list"]
    if len(names) > LARGEST_BATCH:
        raise ShopeeError("exceed_max_limit", "The number of orders exceeds the limit of 50.")
    if not names:
        raise wrong_parameters("order_sn_list is required.")
    found = [store.orders[name] for name in dict.fromkeys(names) if name in store.orders]
    rows = [
        b'{"escrow_detail":' + encoded_escrow(order) + b"}" for order in found if is_readable(order)
    ]
    return Reply(raw=b"[" + b",".join(rows) + b"]")


def encoded_escrow(order: Order) -> bytes:
    """The escrow's JSON, kept until something of the order changes."""
    kept = order.encoded.get("escrow")
    if kept is None:
        kept = order.encoded["escrow"] = encoded(escrow_object(order))
    return kept


def get_escrow_list(store: ShopeeStore, call: Call) -> Reply:
    """Released orders by the time of their release, oldest first."""
    args = call.args
    earliest, latest = args["release_time_from"], args["release_time_to"]
    if earliest > latest:
        raise wrong_parameters("release_time_from must not be later than release_time_to.")
    rows = [row for row in store.released() if earliest <= row.at <= latest]
    start = (args["page_no"] - 1) * args["page_size"]
    page = rows[start : start + args["page_size"]]
    return Reply(
        response={
            "escrow_list": [
                {
                    "order_sn": row.order_sn,
                    "payout_amount": row.amount,
                    "escrow_release_time": row.at,
                }
                for row in page
            ],
            "more": start + len(page) < len(rows),
        }
    )


def get_wallet_transaction_list(store: ShopeeStore, call: Call) -> Reply:
    """Newest first; pages count from 0."""
    args = call.args
    earliest, latest = args["create_time_from"], args["create_time_to"]
    if (earliest is None) != (latest is None):
        raise ShopeeError("time_invalid", "Both ends of the period are needed.")
    rows = store.wallet.movements()
    if earliest is not None and latest is not None:
        if earliest > latest:
            raise ShopeeError("time_invalid", "The period ends before it begins.")
        if latest - earliest > LONGEST_WINDOW:
            raise ShopeeError("time_period_too_large", "The period is longer than 15 days.")
        rows = [row for row in rows if earliest <= row.at <= latest]
    if args["money_flow"]:
        rows = [row for row in rows if _flow(row) == args["money_flow"]]
    if args["transaction_type"]:
        wanted = args["transaction_type"]
        rows = [row for row in rows if wanted in (str(row.code), TYPES[row.code])]
    start = args["page_no"] * args["page_size"]
    page = rows[start : start + args["page_size"]]
    return Reply(
        response={
            "transaction_list": [_transaction(row) for row in page],
            "more": start + len(page) < len(rows),
        }
    )


def _flow(row: Movement) -> str:
    return "MONEY_IN" if row.amount >= 0 else "MONEY_OUT"


def _transaction(row: Movement) -> dict[str, Any]:
    return {
        "status": "COMPLETED",
        "transaction_type": TYPES[row.code],
        "amount": row.amount,
        "current_balance": row.balance,
        "create_time": row.at,
        "order_sn": row.order_sn,
        "refund_sn": row.refund_sn,
        "withdrawal_type": "",
        "withdrawal_id": row.withdrawal_id,
        "root_withdrawal_id": 0,
        "transaction_fee": 0,
        "description": "",
        "buyer_name": row.buyer,
        "reason": row.reason,
        "money_flow": _flow(row),
    }


def get_payout_detail(store: ShopeeStore, call: Call) -> Reply:
    """Only for shops that sell across borders, which this one does not."""
    raise ShopeeError("error_permission", "Only cross-border shops can call this API.")


_PAGE_SIZE = Param(kind=Kind.INT, least=1, most=100, default=40)
_INSTANT = Param(kind=Kind.INT, is_required=True, least=0)

ROUTES: Mapping[str, Route] = {
    "/payment/get_escrow_detail": Route(
        method="GET", handler=get_escrow_detail, params={"order_sn": Param(is_required=True)}
    ),
    "/payment/get_escrow_detail_batch": Route(
        method="POST",
        handler=get_escrow_detail_batch,
        params={"order_sn_list": Param(kind=Kind.COMMA, is_required=True)},
    ),
    "/payment/get_escrow_list": Route(
        method="GET",
        handler=get_escrow_list,
        params={
            "release_time_from": _INSTANT,
            "release_time_to": _INSTANT,
            "page_size": _PAGE_SIZE,
            "page_no": Param(kind=Kind.INT, least=1, default=1),
        },
    ),
    "/payment/get_wallet_transaction_list": Route(
        method="GET",
        handler=get_wallet_transaction_list,
        params={
            "page_no": Param(kind=Kind.INT, is_required=True, least=0),
            "page_size": _PAGE_SIZE,
            "create_time_from": Param(kind=Kind.INT, least=0),
            "create_time_to": Param(kind=Kind.INT, least=0),
            "wallet_type": Param(),
            "transaction_type": Param(),
            "money_flow": Param(choices=("MONEY_IN", "MONEY_OUT")),
            "transaction_tab_type": Param(),
        },
    ),
    "/payment/get_payout_detail": Route(
        method="GET",
        handler=get_payout_detail,
        params={
            "payout_time_from": _INSTANT,
            "payout_time_to": _INSTANT,
            "page_size": _PAGE_SIZE,
            "page_no": Param(kind=Kind.INT, least=1, default=1),
        },
    ),
}
