"""What Shopee's order statuses mean here.

Source: the order status list of the developer guide *Data definition*. A site may declare a
status that is not in it to be read as one of these.
"""

from collections.abc import Sequence

from platforms.base import Stage

STAGES = {
    "UNPAID": Stage.AWAITING,
    "PENDING": Stage.AWAITING,
    "INVOICE_PENDING": Stage.AWAITING,
    "READY_TO_SHIP": Stage.ALIVE,
    "PROCESSED": Stage.ALIVE,
    "RETRY_SHIP": Stage.ALIVE,
    "SHIPPED": Stage.ALIVE,
    "TO_CONFIRM_RECEIVE": Stage.ALIVE,
    "COMPLETED": Stage.ALIVE,
    "IN_CANCEL": Stage.ALIVE,
    "TO_RETURN": Stage.ALIVE,
    "CANCELLED": Stage.DEAD,
}

# Shopee takes the pieces from its stock when an order is placed, and gives them back when it dies.
TAKEN = frozenset(status for status, stage in STAGES.items() if stage is not Stage.DEAD)
AWAITING = frozenset(status for status, stage in STAGES.items() if stage is Stage.AWAITING)
SHIPPED = frozenset({"SHIPPED", "TO_CONFIRM_RECEIVE", "COMPLETED", "TO_RETURN"})
# Cash on delivery has no time of payment before it is delivered.
PAID_STATUS = "COMPLETED"

DEFAULT_STATUSES = tuple(status for status, stage in STAGES.items() if stage is Stage.ALIVE)
SHIPPED_STATUS = "PROCESSED"


def plain_status(status: str) -> str:
    """A status as the API serves it, however it was typed."""
    return status.strip().upper()


def statuses_let_in(chosen: Sequence[str]) -> frozenset[str]:
    """Statuses that may begin here. A return opened before completion comes in with the shipped."""
    let_in = {plain_status(status) for status in chosen}
    if let_in & {"SHIPPED", "TO_CONFIRM_RECEIVE", "COMPLETED"}:
        let_in.add("TO_RETURN")
    return frozenset(let_in)
