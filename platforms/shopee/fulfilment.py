"""Arranging an order's shipment: the courier called once per package, then its number asked for.

Source: GET /order/get_order_detail (`package_list`), GET /logistics/get_shipping_parameter,
POST /logistics/ship_order, POST /logistics/update_shipping_order and
GET /logistics/get_tracking_number. The state is read before anything is told, and again when an
answer was lost: arranging twice is refused, and that refusal means done.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from platforms.base import Shipment, ShipmentTold
from platforms.errors import NotFound, OutcomeUnknown, PlatformError, Refused
from platforms.payload_fields import Row, objects, text
from platforms.shopee import handover
from platforms.shopee.answers import QuestionRefused
from platforms.shopee.client import Client
from platforms.shopee.order_rows import SHOWS_PENDING
from platforms.shopee.statuses import AWAITING, SHIPPED

ALREADY = "package_already_shipped"
WAITING = frozenset({"READY_TO_SHIP", "RETRY_SHIP"})
ARRANGED = SHIPPED | {"PROCESSED"}
PACKAGE_READY = "LOGISTICS_READY"
PACKAGE_RETRY = "LOGISTICS_PICKUP_RETRY"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Package:
    """One package of an order. `number` is "" where the order has but one."""

    order_sn: str
    number: str
    status: str

    @property
    def is_waiting(self) -> bool:
        return self.status in (PACKAGE_READY, PACKAGE_RETRY)

    def asked(self) -> dict[str, str]:
        """How the store is asked about it: an empty package number would be refused."""
        number = {"package_number": self.number} if self.number else {}
        return {"order_sn": self.order_sn, **number}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Done:
    """What was done about one package, and the number that was told to the store, if any."""

    said: str
    tracking: str = ""


def tell_shipped(client: Client, shipment: Shipment) -> ShipmentTold:
    """Arrange each package that still waits; what was done, and the tracking number if there is one.

    NotFound: no such order. Refused: it is unpaid or cancelled, its buyer asks to cancel it,
    or the store does not let it leave, in its words.
    """
    order_sn = shipment.remote_order_id
    status, packages = _state(client, order_sn)
    waiting = _waiting(order_sn, status, packages)
    if shipment.set_status is None:
        done = [_Done(said="its shipment was left as it is")]
    elif not waiting:
        done = [_Done(said="its shipment was arranged already")]
    else:
        done = [_arrange(client, package, shipment) for package in waiting]
    left_waiting = shipment.set_status is None and bool(waiting)
    tracking = "" if left_waiting else _tracking(client, packages)
    return ShipmentTold(
        sentence=f"Order {order_sn} in the store: {', '.join(each.said for each in done)}.",
        tracking=tracking or _joined(each.tracking for each in done),
    )


def tracking_of(client: Client, order_sn: str) -> str:
    """The tracking numbers that the couriers gave an order's packages, joined; "" while there is none.

    NotFound: no such order.
    """
    _, packages = _state(client, order_sn)
    return _tracking(client, packages)


def _state(client: Client, order_sn: str) -> tuple[str, list[_Package]]:
    """The order's status and its packages, as they are now."""
    reply = client.get(
        "order/get_order_detail",
        {
            "order_sn_list": order_sn,
            "response_optional_fields": "package_list",
            **SHOWS_PENDING,
        },
    )
    for order in objects(reply.object(), "order_list"):
        if text(order, "order_sn") == order_sn:
            return text(order, "order_status"), _packages(order_sn, order)
    raise NotFound(f"The store has no order {order_sn[:40]}.")


def _packages(order_sn: str, order: Row) -> list[_Package]:
    rows = objects(order, "package_list")
    is_split = len(rows) > 1
    return [
        _Package(
            order_sn=order_sn,
            number=text(row, "package_number") if is_split else "",
            status=text(row, "logistics_status"),
        )
        for row in rows
    ] or [_Package(order_sn=order_sn, number="", status="")]


def _waiting(order_sn: str, status: str, packages: list[_Package]) -> list[_Package]:
    """Packages that have still to be arranged. Refused: the order may not leave."""
    if status in ARRANGED:
        return []
    if status not in WAITING:
        why = "is not paid for yet" if status in AWAITING else f"is {status[:40]}"
        raise Refused(
            f"Order {order_sn} {why} in the store, so its shipment was not arranged.", said=status
        )
    # Where the order waits and its packages do not say so, the store decides.
    return [each for each in packages if each.is_waiting] or [
        each for each in packages if not each.status
    ]


def _arrange(client: Client, package: _Package, shipment: Shipment) -> _Done:
    """Arrange one package, once more after a lost answer if the store still waits for it."""
    try:
        return _ordered(client, package, shipment)
    except OutcomeUnknown:
        _, packages = _state(client, package.order_sn)
        now = [each for each in packages if each.number == package.number]
        if not any(each.is_waiting for each in now):
            return _Done(said="its shipment was arranged")
        return _ordered(client, package, shipment)


def _ordered(client: Client, package: _Package, shipment: Shipment) -> _Done:
    try:
        parameter = client.get("logistics/get_shipping_parameter", package.asked()).object()
        chosen = handover.choose(parameter, wanted=shipment.handover, tracking=shipment.tracking)
        again = package.status == PACKAGE_RETRY and chosen.way == handover.PICKUP
        client.post(
            "logistics/update_shipping_order" if again else "logistics/ship_order",
            {**package.asked(), chosen.way: dict(chosen.told)},
        )
    except Refused as refused:
        if refused.details.get("error") == ALREADY:
            return _Done(said="its shipment was arranged already")
        raise
    except QuestionRefused as refused:
        raise Refused("The store does not let the parcel leave.", said=refused.said) from refused
    return _Done(
        said=f"arranged by {chosen.way.replace('_', ' ')}",
        tracking=str(chosen.told.get("tracking_number", "")),
    )


def _tracking(client: Client, packages: list[_Package]) -> str:
    """The numbers that there are. The parcel has left anyway: one that is not told now comes later."""
    numbers = []
    for package in packages:
        try:
            reply = client.get("logistics/get_tracking_number", package.asked())
            numbers.append(text(reply.object(), "tracking_number"))
        except PlatformError:
            continue
    return _joined(numbers)


def _joined(numbers: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(number for number in numbers if number))
