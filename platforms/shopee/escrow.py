"""What Shopee owes the seller of an order, as a neutral statement.

Source: GET /api/v2/payment/get_escrow_detail, POST /api/v2/payment/get_escrow_detail_batch.
"""

from decimal import Decimal

from platforms.base import EscrowAdjustment, EscrowAmount, RemoteEscrow
from platforms.payload_fields import Row, amount, as_amount, rows, text, unreadable
from platforms.shopee.escrow_fields import (
    ADJUSTMENTS,
    ADJUSTMENTS_TOTAL,
    KNOWN,
    NET,
    NET_ADJUSTED,
    TABLE,
    is_informative,
)
from platforms.shopee.fields import instant

PLACE = "order_income"


def income_of(detail: Row | None) -> Row | None:
    """The `order_income` of an escrow detail; None where it says nothing of money yet."""
    if detail is None:
        return None
    income = detail.get(PLACE)
    if income is None:
        return None
    if type(income) is not dict:
        raise unreadable(PLACE, income, "an object")
    return income if income.get(NET) not in (None, "") else None


def read_escrow(detail: Row | None) -> RemoteEscrow | None:
    """The statement in an escrow detail; None while there is none.

    OrderUnreadable: an amount that is none, an adjustment without a date.
    """
    income = income_of(detail)
    if income is None:
        return None
    net_adjusted = None
    if income.get(NET_ADJUSTED) not in (None, ""):
        net_adjusted = amount(income, NET_ADJUSTED, PLACE)
    return RemoteEscrow(
        net=amount(income, NET, PLACE),
        net_field=NET,
        amounts=_amounts(income),
        adjustments=tuple(_adjustment(row) for row in rows(income, ADJUSTMENTS, PLACE)),
        adjustments_total=amount(income, ADJUSTMENTS_TOTAL, PLACE),
        net_adjusted=net_adjusted,
        unknown=_unknown(income),
        lines=len(rows(income, "items", PLACE)),
    )


def _amounts(income: Row) -> tuple[EscrowAmount, ...]:
    found: list[EscrowAmount] = []
    for field, (kind, sign) in TABLE.items():
        if income.get(field):
            value = amount(income, field, PLACE)
            if value:  # not of a text such as "0.00"
                found.append(EscrowAmount(kind=kind, field=field, amount=sign * value))
    return tuple(found)


def _adjustment(row: Row) -> EscrowAdjustment:
    place = f"{PLACE}.{ADJUSTMENTS}"
    at = instant(row, "date", place)
    if at is None:
        raise unreadable(f"{place}.date", row.get("date"), "seconds since 1970")
    return EscrowAdjustment(
        at=at, reason=text(row, "adjustment_reason").strip(), amount=amount(row, "amount", place)
    )


def _unknown(income: Row) -> tuple[tuple[str, Decimal], ...]:
    """Amounts without a meaning here. Texts that look like numbers are codes, not amounts."""
    found: list[tuple[str, Decimal]] = []
    for field in sorted(income.keys() - KNOWN):
        value = income[field]
        if not value or isinstance(value, bool) or not isinstance(value, int | Decimal):
            continue
        if is_informative(field):
            continue
        read = as_amount(value)
        if read is None:
            raise unreadable(f"{PLACE}.{field}", value, "an amount")
        found.append((field, read))
    return tuple(found)
