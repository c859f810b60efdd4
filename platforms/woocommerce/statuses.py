"""What WooCommerce's order statuses mean here.

Source: the order statuses of the WooCommerce documentation; a plugin may add its own, which
a site then declares to be read as one of these.
"""

from collections.abc import Sequence

from platforms.base import Stage

STAGES = {
    "processing": Stage.ALIVE,
    "on-hold": Stage.ALIVE,
    "completed": Stage.ALIVE,
    "refunded": Stage.ALIVE,
    "pending": Stage.AWAITING,
    "checkout-draft": Stage.AWAITING,
    "auto-draft": Stage.AWAITING,
    "cancelled": Stage.DEAD,
    "failed": Stage.DEAD,
    "trash": Stage.TRASHED,
}

# Entering one of these, WooCommerce takes the pieces from its own stock.
TAKEN = frozenset({"on-hold", "processing", "completed"})

DEFAULT_STATUSES = ("processing", "completed")
SHIPPED_STATUS = "completed"
# An order in one of these must not be told shipped: WooCommerce itself would not refuse.
NOT_SHIPPABLE = frozenset({"cancelled", "refunded", "failed", "trash"})


def plain_status(status: str) -> str:
    """A status as the API serves it; the database and some plugins write `wc-` before it."""
    return status.removeprefix("wc-")


def statuses_let_in(chosen: Sequence[str]) -> frozenset[str]:
    """Statuses that may begin here. `refunded` comes in wherever `completed` does.

    An order refunded before it was first seen was sold all the same.
    """
    let_in = {plain_status(status) for status in chosen}
    if "completed" in let_in:
        let_in.add("refunded")
    return frozenset(let_in)
