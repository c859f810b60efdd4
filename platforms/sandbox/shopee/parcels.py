"""The packages of orders and what the couriers did with them.

An order has one package until the seller splits it. Its tracking number is there some time
after the shipment was arranged, not at once.
Source: the data definition page (logistics status) and the order management guide.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from platforms.sandbox.shopee.channels import Channel, channel_of

if TYPE_CHECKING:
    from platforms.sandbox.shopee.records import Line, Order
    from platforms.sandbox.shopee.state import StoreState

_FIRST_PACKAGE = 134_731_496_217_000


class LogisticsStatus(StrEnum):
    """Where a package stands."""

    NOT_START = "LOGISTICS_NOT_START"
    READY = "LOGISTICS_READY"
    REQUEST_CREATED = "LOGISTICS_REQUEST_CREATED"
    PICKUP_DONE = "LOGISTICS_PICKUP_DONE"
    PICKUP_RETRY = "LOGISTICS_PICKUP_RETRY"
    PICKUP_FAILED = "LOGISTICS_PICKUP_FAILED"
    DELIVERY_DONE = "LOGISTICS_DELIVERY_DONE"
    DELIVERY_FAILED = "LOGISTICS_DELIVERY_FAILED"
    INVALID = "LOGISTICS_INVALID"
    REQUEST_CANCELED = "LOGISTICS_REQUEST_CANCELED"
    LOST = "LOGISTICS_LOST"


_ON_ITS_WAY = frozenset(
    {LogisticsStatus.PICKUP_DONE, LogisticsStatus.DELIVERY_DONE, LogisticsStatus.DELIVERY_FAILED}
)


@dataclass(slots=True, kw_only=True)
class Parcel:
    number: str
    order_sn: str
    channel: Channel
    status: LogisticsStatus = LogisticsStatus.NOT_START
    share: dict[int, int] | None = None
    """Pieces by line of the order; None: all of them."""
    tracking: str = ""
    tracking_due: float | None = None
    asked: int = 0
    """How often its tracking number was asked for in vain."""
    history: list[tuple[int, LogisticsStatus]] = field(default_factory=list)

    @property
    def can_be_arranged(self) -> bool:
        return self.status in (LogisticsStatus.READY, LogisticsStatus.PICKUP_RETRY)

    @property
    def is_arranged(self) -> bool:
        return self.status not in (
            LogisticsStatus.NOT_START,
            LogisticsStatus.READY,
            LogisticsStatus.PICKUP_RETRY,
        )


class Parcels:
    """Every package by order. The caller holds the store's lock in `add` and `moved`."""

    def __init__(self, store: "StoreState") -> None:
        self._store = store
        self._by_order: dict[str, list[Parcel]] = {}
        self.tracking_after_calls = 1
        """How many times get_tracking_number answers "" once a shipment was arranged."""
        self.tracking_after_seconds: float | None = None
        """Instead of calls: seconds of the store's clock after the arranging."""
        self._last = _FIRST_PACKAGE

    def add(self, order: "Order") -> Parcel:
        """The package of a new order."""
        parcel = Parcel(
            number=self._next_number(),
            order_sn=order.order_sn,
            channel=channel_of(order.carrier),
        )
        self._by_order[order.order_sn] = [parcel]
        return parcel

    def of(self, order_sn: str) -> list[Parcel]:
        return self._by_order.get(order_sn, [])

    def moved(self, order: "Order", status: str) -> None:
        """Something became of the whole order: every package of it follows."""
        for parcel in self.of(order.order_sn):
            self.move(order, parcel, LogisticsStatus(status))

    def move(self, order: "Order", parcel: Parcel, status: LogisticsStatus) -> None:
        """One package. Moving to where it is already changes nothing."""
        if parcel.status is status:
            return
        parcel.status = status
        parcel.history.append((self._store.now(), status))
        if status is LogisticsStatus.REQUEST_CREATED:
            self._arranged(parcel)
        elif status in _ON_ITS_WAY and not parcel.tracking:
            self._give_number(order, parcel)

    def assign_tracking(self, order_sn: str, number: str = "") -> str:
        """The courier's number is there now, for every package; gives the last one."""
        with self._store.lock:
            order = self._store.find_order(order_sn)
            for parcel in self.of(order_sn):
                self._give_number(order, parcel, number)
            return self.of(order_sn)[-1].tracking

    def split(self, order_sn: str, shares: Sequence[dict[int, int]]) -> list[str]:
        """Several packages instead of one, each a share: pieces by line_item_id.

        Their numbers. ValueError: a shipment is arranged already.
        """
        with self._store.lock:
            order = self._store.find_order(order_sn)
            first = self.of(order_sn)[0]
            if first.is_arranged:
                raise ValueError(f"the shipment of {order_sn} is arranged already")
            self._by_order[order_sn] = [
                Parcel(
                    number=self._next_number(),
                    order_sn=order_sn,
                    channel=first.channel,
                    status=first.status,
                    share=dict(share),
                    history=list(first.history),
                )
                for share in shares
            ]
            self._store.touched(order)
            return self.package_numbers(order)

    def tracking_number(self, order: "Order", parcel: Parcel) -> str:
        """As get_tracking_number answers it: "" until the courier has given one."""
        if parcel.tracking or parcel.status is not LogisticsStatus.REQUEST_CREATED:
            return parcel.tracking
        if parcel.tracking_due is not None:
            is_there = self._store.clock() >= parcel.tracking_due
        else:
            parcel.asked += 1
            is_there = parcel.asked > self.tracking_after_calls
        if is_there:
            self._give_number(order, parcel)
        return parcel.tracking

    def package_numbers(self, order: "Order") -> list[str]:
        return [parcel.number for parcel in self.of(order.order_sn)]

    def package_list(self, order: "Order") -> list[dict[str, Any]]:
        """`package_list` of an order's detail."""
        return [
            {
                "package_number": parcel.number,
                "logistics_status": str(parcel.status),
                "logistics_channel_id": parcel.channel.channel_id,
                "shipping_carrier": order.carrier,
                "allow_self_design_awb": False,
                "parcel_chargeable_weight_gram": 500,
                "group_shipment_id": 0,
                "virtual_contact_number": "",
                "package_query_number": "",
                "sorting_group": "",
                "item_list": [
                    {
                        "item_id": line.item_id,
                        "model_id": line.model_id,
                        "model_quantity": pieces,
                        "order_item_id": line.order_item_id or line.item_id,
                        "promotion_group_id": line.promotion_group_id,
                        "product_location_id": self._location(),
                    }
                    for line, pieces in _contents(order.lines, parcel)
                ],
            }
            for parcel in self.of(order.order_sn)
        ]

    def _arranged(self, parcel: Parcel) -> None:
        parcel.asked = 0
        if self.tracking_after_seconds is not None:
            parcel.tracking_due = self._store.clock() + self.tracking_after_seconds

    def _give_number(self, order: "Order", parcel: Parcel, number: str = "") -> None:
        region = self._store.settings.region
        parcel.tracking = number or f"{region}{parcel.number.removeprefix('OFG')[3:]}T"
        self._store.touched(order)
        self._store.pushes.tracking_number(order.order_sn, parcel.number, parcel.tracking)

    def _location(self) -> str:
        settings = self._store.settings
        return next(iter(settings.locations), f"{settings.region}Z")

    def _next_number(self) -> str:
        self._last += 97
        return f"OFG{self._last}"


def _contents(lines: "Sequence[Line]", parcel: Parcel) -> list[tuple["Line", int]]:
    if parcel.share is None:
        return [(line, line.quantity) for line in lines]
    return [
        (line, parcel.share[line.line_item_id])
        for line in lines
        if parcel.share.get(line.line_item_id)
    ]
