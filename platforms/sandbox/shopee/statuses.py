"""Which status may follow which. Source: "Data Definition" and "Order Management" of the guide."""

from platforms.sandbox.shopee.records import Order, Status

NEXT: dict[Status, frozenset[Status]] = {
    Status.UNPAID: frozenset({Status.PENDING, Status.READY_TO_SHIP, Status.CANCELLED}),
    Status.PENDING: frozenset({Status.READY_TO_SHIP, Status.CANCELLED}),
    Status.INVOICE_PENDING: frozenset({Status.READY_TO_SHIP, Status.CANCELLED}),
    Status.READY_TO_SHIP: frozenset(
        {Status.PROCESSED, Status.IN_CANCEL, Status.CANCELLED, Status.INVOICE_PENDING}
    ),
    Status.PROCESSED: frozenset(
        {Status.SHIPPED, Status.RETRY_SHIP, Status.IN_CANCEL, Status.CANCELLED}
    ),
    Status.RETRY_SHIP: frozenset({Status.PROCESSED, Status.CANCELLED}),
    Status.SHIPPED: frozenset(
        {Status.TO_CONFIRM_RECEIVE, Status.COMPLETED, Status.TO_RETURN, Status.CANCELLED}
    ),
    Status.TO_CONFIRM_RECEIVE: frozenset({Status.COMPLETED, Status.TO_RETURN}),
    Status.IN_CANCEL: frozenset({Status.CANCELLED, Status.READY_TO_SHIP, Status.PROCESSED}),
    Status.TO_RETURN: frozenset(
        {Status.COMPLETED, Status.CANCELLED, Status.SHIPPED, Status.TO_CONFIRM_RECEIVE}
    ),
    Status.COMPLETED: frozenset(),
    Status.CANCELLED: frozenset(),
}

WAITING = frozenset({Status.UNPAID, Status.PENDING, Status.INVOICE_PENDING})
"""Nobody owes the seller anything yet."""

LIST_FILTERS = (
    "UNPAID",
    "READY_TO_SHIP",
    "PROCESSED",
    "SHIPPED",
    "COMPLETED",
    "IN_CANCEL",
    "CANCELLED",
    "INVOICE_PENDING",
)
"""The statuses that a list can be asked for; an order can be in others too."""

ROUTE_TO: dict[Status, tuple[Status, ...]] = {
    Status.UNPAID: (),
    Status.PENDING: (Status.PENDING,),
    Status.READY_TO_SHIP: (Status.READY_TO_SHIP,),
    Status.INVOICE_PENDING: (Status.READY_TO_SHIP, Status.INVOICE_PENDING),
    Status.PROCESSED: (Status.READY_TO_SHIP, Status.PROCESSED),
    Status.RETRY_SHIP: (Status.READY_TO_SHIP, Status.PROCESSED, Status.RETRY_SHIP),
    Status.SHIPPED: (Status.READY_TO_SHIP, Status.PROCESSED, Status.SHIPPED),
    Status.TO_CONFIRM_RECEIVE: (
        Status.READY_TO_SHIP,
        Status.PROCESSED,
        Status.SHIPPED,
        Status.TO_CONFIRM_RECEIVE,
    ),
    Status.COMPLETED: (
        Status.READY_TO_SHIP,
        Status.PROCESSED,
        Status.SHIPPED,
        Status.TO_CONFIRM_RECEIVE,
        Status.COMPLETED,
    ),
    Status.IN_CANCEL: (Status.READY_TO_SHIP, Status.IN_CANCEL),
    Status.CANCELLED: (Status.CANCELLED,),
}
"""How a new order gets to the status that it is wanted in."""

PARCEL_STATUS: dict[Status, str] = {
    Status.READY_TO_SHIP: "LOGISTICS_READY",
    Status.PROCESSED: "LOGISTICS_REQUEST_CREATED",
    Status.RETRY_SHIP: "LOGISTICS_PICKUP_RETRY",
    Status.SHIPPED: "LOGISTICS_PICKUP_DONE",
    Status.TO_CONFIRM_RECEIVE: "LOGISTICS_DELIVERY_DONE",
}
"""What the order's packages become with it."""


def demand_move(order: Order, to: Status) -> None:
    """ValueError when an order in its status cannot get there."""
    if to not in NEXT[order.status]:
        raise ValueError(f"order {order.order_sn} is {order.status} and cannot become {to}")
