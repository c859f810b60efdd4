"""What Shopee owes the seller of an order, as a neutral statement.

Source: GET /api/v2/payment/get_escrow_detail, POST /api/v2/payment/get_escrow_detail_batch.
"""

from decimal import Decimal

from platforms.base import EscrowAdjustment, EscrowAmount, RemoteEscrow
from platforms.payload_fields import Row, amount, as_amount, is_blank, rows, text, unreadable
from platforms.shopee.escrow_fields import (
    ADJUSTMENTS,
    ADJUSTMENTS_TOTAL,
    KNOWN,
    NET,
    NET_ADJUSTED,
    TABLE,
    is_informative,
    is_personal,
)
from platforms.shopee.fields import instant

PLACE = "order_income"
LONGEST_NAME = 80
NUMBERS = frozenset({int, Decimal})


def income_of(detail: Row | None) -> Row | None:
    """The `order_income` of an escrow detail; None where it says nothing of money yet."""
    if detail is None:
        return None
    income = detail.get(PLACE)
    if income is None:
        return None
    if type(income) is not dict:
        raise unreadable(PLACE, income, "an object")
    return None if is_blank(income.get(NET)) else income


def read_escrow(detail: Row | None, currency: str = "") -> RemoteEscrow | None:
    """The statement in an escrow detail; None while there is none.

    `currency` is the order's. OrderUnreadable: an amount that is none, an adjustment without a
    date or in another currency.
    """
    income = income_of(detail)
    if income is None:
        return None
    net_adjusted = None
    if not is_blank(income.get(NET_ADJUSTED)):
        net_adjusted = amount(income, NET_ADJUSTED, PLACE)
    return RemoteEscrow(
        net=amount(income, NET, PLACE),
        net_field=NET,
        amounts=_amounts(income),
        adjustments=tuple(_adjustment(row, currency) for row in rows(income, ADJUSTMENTS, PLACE)),
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
                signed = value if sign > 0 else -value
                found.append(EscrowAmount(kind=kind, field=field, amount=signed))
    return tuple(found)


def _adjustment(row: Row, currency: str) -> EscrowAdjustment:
    place = f"{PLACE}.{ADJUSTMENTS}"
    stated = row.get("currency")
    if currency and stated not in (None, "", currency):
        raise unreadable(f"{place}.currency", stated, f"{currency}, as the order's")
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
        if not value or type(value) not in NUMBERS:
            continue
        if is_informative(field) or is_personal(field):
            continue
        read = as_amount(value)
        if read is None:
            raise unreadable(f"{PLACE}.{field}", value, "an amount")
        found.append((_shown(field), read))
    return tuple(found)


def _shown(field: str) -> str:
    """A field's name as a sentence and a setting may hold it."""
    return "".join(letter for letter in field if letter.isprintable())[:LONGEST_NAME]
