"""Orders asked for by number, fifty at a time.

Source: GET /api/v2/order/get_order_detail, which shows a field only when it is asked for by name.
What is not asked for (tax numbers, the seller's notes, a dropshipper's phone) is not needed.
"""

from collections.abc import Sequence
from datetime import timedelta

from platforms.shopee.client import Client, batches
from platforms.shopee.fetched import FetchedRow, fetched_row, refused_row
from platforms.shopee.halving import Halving

MOST_AT_ONCE = 50
# The machines of a store need not agree on the second.
CLOCKS_APART = timedelta(hours=1)

FIELDS = (
    "buyer_user_id",
    "buyer_username",
    "recipient_address",
    "item_list",
    "pay_time",
    "payment_method",
    "total_amount",
    "shipping_carrier",
    "pickup_done_time",
    "cancel_by",
    "cancel_reason",
    "buyer_cancel_reason",
    "fulfillment_flag",
)
# Without this an order under review looks as if it could be shipped.
SHOWS_PENDING = {"request_order_status_pending": "true"}


def read_rows(client: Client, order_sns: Sequence[str]) -> dict[str, FetchedRow]:
    """These orders by their numbers; those that the store does not know are absent.

    One that it refuses to show, or in whose place it shows something else, though it shows
    others, is there without a body. BadResponse: it refuses the question, whatever order it is
    about.
    """

    def ask(some: Sequence[str]) -> dict[str, FetchedRow]:
        reply = client.get(
            "order/get_order_detail",
            {"order_sn_list": some, "response_optional_fields": FIELDS, **SHOWS_PENDING},
        )
        latest = reply.clock() + CLOCKS_APART
        found = [fetched_row(body, latest=latest) for body in reply.rows("order_list")]
        rows = {row.order.remote_id: row for row in found}
        if not rows.keys() <= set(some):
            rows = {order_sn: refused_row(order_sn) for order_sn in some} | rows
        return {order_sn: rows[order_sn] for order_sn in some if order_sn in rows}

    halving = Halving(ask)
    found = halving.about(batches(order_sns, MOST_AT_ONCE), client.overlap)
    halving.check()
    return found | {order_sn: refused_row(order_sn) for order_sn in halving.refused}
