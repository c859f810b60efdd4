"""Strategies: an order's versions as a store might serve them, each later than the one before."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from platforms.base import RemoteFee, RemoteLine, RemoteOrder, RemoteRefund, RemoteRefundLine, Stage
from tests import factories as make
from tests.remote_sales import DELIVERY, GOODS, back, charge, delivery, refund, tax

DAY = timedelta(days=1)
FIRST = datetime.fromisoformat("2026-03-05T04:00:00+00:00")

cents = st.integers(0, 50_000).map(lambda number: Decimal(number).scaleb(-2))
some_cents = st.integers(1, 50_000).map(lambda number: Decimal(number).scaleb(-2))

# Each status with what it means; the store's own combinations, no others.
ALIVE = ("processing", "completed", "on-hold")
ENDED = {"cancelled": Stage.DEAD, "failed": Stage.DEAD, "pending": Stage.AWAITING}


@st.composite
def lines(draw: st.DrawFn, position: int) -> RemoteLine:
    before = draw(cents)
    after = draw(st.one_of(st.just(before), cents))
    return make.remote_line(
        str(11 + position % 3),
        remote_line_id=str(101 + position),
        quantity=draw(st.integers(1, 5)),
        subtotal=before,
        total=after,
        tax=draw(cents),
    )


@st.composite
def given_back(draw: st.DrawFn, line: RemoteLine) -> RemoteRefundLine:
    """Pieces and money of a line, all or none of each, or delivery instead."""
    kind = draw(st.sampled_from([GOODS, GOODS, DELIVERY]))
    return back(
        str(draw(st.sampled_from([line.total, Decimal("0.00")]))),
        tax=str(draw(st.sampled_from([line.tax, Decimal("0.00")]))),
        quantity=draw(st.integers(0, line.quantity + 1)) if kind is GOODS else 0,
        line=line.remote_line_id,
        kind=kind,
    )


@st.composite
def refunds_of(draw: st.DrawFn, sold: list[RemoteLine], total: Decimal) -> tuple[RemoteRefund, ...]:
    """Refunds that together never exceed the total: with lines, with an amount, or with both."""
    left = total
    found = []
    for number in range(draw(st.integers(0, 3))):
        amount = min(left, draw(st.one_of(cents, st.just(left))))
        left -= amount
        taken = draw(st.lists(st.sampled_from(sold), max_size=2, unique=True)) if sold else []
        rows = [draw(given_back(line)) for line in taken]
        found.append(
            refund(str(amount), *rows, remote_id=901 + number, at=FIRST + (number + 1) * DAY)
        )
    return tuple(found)


@st.composite
def orders(
    draw: st.DrawFn, *, modified_at: datetime = FIRST, is_alive: bool = False
) -> RemoteOrder:
    """One version that adds up (its lines and tax are its total), paid or not, in any status."""
    count = draw(st.integers(0, 3))
    sold = [draw(lines(position)) for position in range(count)]
    fees = [charge(str(draw(cents) - Decimal(250))) for _ in range(draw(st.integers(0, 2)))]
    posts = [delivery(str(draw(cents))) for _ in range(draw(st.integers(0, 2)))]
    total_tax = draw(cents)
    whole = total_tax + sum((each.total for each in (*sold, *fees, *posts)), Decimal("0.00"))
    if whole < 0:
        fees, whole = [], whole - sum((each.total for each in fees), Decimal("0.00"))
    rates = draw(st.integers(0, 3))
    return make.remote_order(
        sold,
        remote_id="5001",
        number="5001",
        charges=tuple(fees),
        deliveries=tuple(posts),
        taxes=tuple(tax(f"R{number % 2}", str(draw(cents))) for number in range(rates)),
        total=whole,
        total_tax=total_tax,
        fee=draw(fees_taken),
        refunds=draw(refunds_of(sold, whole)),
        modified_at=modified_at,
        ordered_at=FIRST,
        **draw(lives(is_alive=is_alive)),
    )


fees_taken = st.one_of(
    st.none(),
    some_cents.map(lambda amount: RemoteFee(source="fee", amount=amount, currency="MYR")),
)


@st.composite
def lives(draw: st.DrawFn, *, is_alive: bool = False) -> dict[str, Any]:
    """A status, and what is paid and shipped with it."""
    status = draw(st.sampled_from(ALIVE if is_alive else (*ALIVE, "refunded", *ENDED)))
    is_shipped = status == "completed"
    paid_at = FIRST if is_alive or draw(st.booleans()) else None
    return {
        "status": status,
        "stage": ENDED.get(status, Stage.ALIVE),
        "is_paid": paid_at is not None or is_shipped,
        "paid_at": paid_at,
        "is_taken": status in ALIVE,
        "is_shipped": is_shipped,
        "shipped_at": FIRST + DAY if is_shipped else None,
    }


@st.composite
def versions(draw: st.DrawFn, *, at_most: int = 4) -> list[RemoteOrder]:
    """An order's versions, oldest first, no two of the same moment."""
    count = draw(st.integers(1, at_most))
    return [draw(orders(modified_at=FIRST + number * DAY)) for number in range(count)]
