"""What an order's status brings with it: dates, stock, an automatic refund.

Source: PUT /wc/v3/orders/<id>, property status.
"""

from typing import TYPE_CHECKING

from platforms.sandbox.woocommerce import refunding, stock
from platforms.sandbox.woocommerce.amounts import ZERO
from platforms.sandbox.woocommerce.records import Order

if TYPE_CHECKING:
    from platforms.sandbox.woocommerce.state import StoreState


def change(store: "StoreState", order: Order, status: str) -> None:
    """Move to a status; nothing follows when it is the same one."""
    if order.status == status:
        return
    before, order.status = order.status, status
    entered(store, order)
    store.note(order, f"Order status changed from {before} to {status}.")


def entered(store: "StoreState", order: Order, *, may_pay: bool = True) -> None:
    """Dates and stock of the status that the order is in now."""
    if order.status == "completed" and order.completed is None:
        order.completed = store.now()
    paid_at = paid_status(store, order)
    means_paid = ("processing", "completed") if paid_at == "processing" else ("completed",)
    if may_pay and order.paid is None and order.status in means_paid:
        order.paid = store.now()
    stock.follow_status(store, order)
    if order.status == "refunded" and order.remaining > ZERO:
        refunding.refund_the_rest(store, order)


def payment_complete(store: "StoreState", order: Order, transaction_id: str) -> None:
    """Money has come in: `set_paid` of the API, or the gateway's call."""
    if order.status not in ("on-hold", "pending", "failed", "cancelled"):
        if order.paid is None:
            order.paid = store.now()
        return
    if transaction_id:
        order.transaction_id = transaction_id
    if order.paid is None:
        order.paid = store.now()
    change(store, order, "processing" if needs_processing(store, order) else "completed")
    store.note(order, "Payment complete.")


def paid_status(store: "StoreState", order: Order) -> str:
    """The status that means "paid". Cash on delivery is paid when it is completed."""
    if order.payment_method == "cod":
        return "completed"
    return "processing" if needs_processing(store, order) else "completed"


def needs_processing(store: "StoreState", order: Order) -> bool:
    """False when nothing has to be sent: no product left, or all virtual and downloadable."""
    for line in order.lines:
        product = store.products.get(line.variation_id or line.product_id)
        if product is not None and not (product.virtual and product.downloadable):
            return True
    return False


def needs_payment(order: Order) -> bool:
    return order.status in ("pending", "failed", "checkout-draft") and order.total > ZERO


def is_editable(order: Order) -> bool:
    return order.status in ("pending", "on-hold", "auto-draft")
