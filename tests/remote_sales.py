"""Orders and refunds as a store tells them, in neutral values; a test names only what matters."""

import itertools
from datetime import datetime
from decimal import Decimal
from typing import Any

from platforms.base import (
    RefundedKind,
    RemoteCharge,
    RemoteDelivery,
    RemoteOrder,
    RemoteRefund,
    RemoteRefundLine,
    RemoteTax,
)
from tests import factories as make

GOODS, CHARGE, DELIVERY = RefundedKind.GOODS, RefundedKind.CHARGE, RefundedKind.DELIVERY
_numbers = itertools.count(901)


def example(**given: Any) -> RemoteOrder:
    """Two at 50.00 less 10.00, delivery 8.00, tax 5.88: a total of 103.88."""
    line = make.remote_line(
        "12",
        remote_line_id="101",
        quantity=2,
        subtotal=Decimal("100.00"),
        total=Decimal("90.00"),
        tax=Decimal("5.40"),
    )
    values: dict[str, Any] = {
        "deliveries": (delivery("8.00", tax="0.48"),),
        "total": Decimal("103.88"),
        "total_tax": Decimal("5.88"),
        "remote_id": "5001",
        "number": "5001",
        **given,
    }
    return make.remote_order([line], **values)


def goods(total: str, *, subtotal: str | None = None, **given: Any) -> Any:
    """A line of goods without tax."""
    values: dict[str, Any] = {"tax": Decimal("0.00"), **given}
    return make.remote_line(
        values.pop("key", "12"),
        total=Decimal(total),
        subtotal=Decimal(subtotal if subtotal is not None else total),
        **values,
    )


def charge(total: str) -> RemoteCharge:
    return RemoteCharge(name="Fee", total=Decimal(total), tax=Decimal("0.00"))


def delivery(total: str, *, tax: str = "0.00") -> RemoteDelivery:
    return RemoteDelivery(title="Post", total=Decimal(total), tax=Decimal(tax))


def tax(code: str, amount: str) -> RemoteTax:
    return RemoteTax(code=code, label=code, percent=Decimal(6), amount=Decimal(amount))


def refund(
    amount: str, *lines: RemoteRefundLine, at: datetime = make.ORDERED, **given: Any
) -> RemoteRefund:
    number = str(given.pop("remote_id", next(_numbers)))
    return RemoteRefund(remote_id=number, created_at=at, amount=Decimal(amount), lines=lines)


def back(
    total: str = "0.00",
    *,
    tax: str = "0.00",
    quantity: int = 0,
    line: str = "101",
    kind: RefundedKind = GOODS,
    taxes: tuple[tuple[str, str], ...] = (),
) -> RemoteRefundLine:
    """A line given back; positive numbers."""
    return RemoteRefundLine(
        kind=kind,
        remote_line_id=line,
        quantity=quantity,
        total=Decimal(total),
        tax=Decimal(tax),
        taxes=tuple((code, Decimal(amount)) for code, amount in taxes),
    )
