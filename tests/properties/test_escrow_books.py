"""Whatever a marketplace's escrow holds: it balances, it clears, and any order ends the same."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from platforms.base import (
    EscrowAdjustment,
    EscrowAmount,
    EscrowKind,
    RemoteEscrow,
    RemoteOrder,
    Stage,
)
from tests.escrows import PAID, MarketDesk, escrow, held, release
from tests.in_memory import books, plan, site_rules
from webapp.backoffice.books.settlement import SettledLine
from webapp.backoffice.errors import Code
from webapp.backoffice.sites.settings import EscrowField, PostingSettings
from webapp.backoffice.states import State

DAY = timedelta(days=1)
UNIT = Decimal("0.01")
BANKED = books(bank=1000)
POSTING = st.sampled_from(
    [
        PostingSettings(tax_collected_by="marketplace"),
        PostingSettings(),
        PostingSettings(included_tax_rate="7"),
        PostingSettings(included_tax_rate="6.5"),
    ]
)
cents = st.integers(-30_000, 30_000).map(lambda number: Decimal(number).scaleb(-2))
reasons = st.sampled_from(["Return Refund deduction", "Logistics", "Marketing", "refund"])


@st.composite
def adjustments(draw: st.DrawFn) -> EscrowAdjustment:
    hours = draw(st.integers(0, 20 * 24))
    return EscrowAdjustment(
        at=PAID + timedelta(hours=hours), reason=draw(reasons), amount=draw(cents)
    )


@st.composite
def statements(draw: st.DrawFn, kinds: tuple[EscrowKind, ...] = tuple(EscrowKind)) -> RemoteEscrow:
    """A statement that adds up to a minor unit a line of goods, with its adjustments."""
    amounts = tuple(
        EscrowAmount(kind=kind, field=f"{kind}_{at}", amount=amount)
        for at, (kind, amount) in enumerate(
            draw(st.lists(st.tuples(st.sampled_from(kinds), cents.filter(bool)), max_size=12))
        )
    )
    count = draw(st.integers(1, 3))
    residue = draw(st.integers(-count, count)) * UNIT
    net = sum((each.amount for each in amounts), Decimal("0.00")) + residue
    later = tuple(draw(st.lists(adjustments(), max_size=4)))
    total = sum((each.amount for each in later), Decimal("0.00"))
    return RemoteEscrow(
        net=net,
        net_field="net_amount",
        amounts=amounts,
        adjustments=later,
        adjustments_total=total,
        net_adjusted=draw(st.sampled_from([net + total, None])),
        unknown=(),
        lines=count,
    )


def desk_of(posting: PostingSettings) -> MarketDesk:
    return MarketDesk(rules=site_rules(posting=posting), books=BANKED)


def owed(statement: RemoteEscrow) -> Decimal:
    return statement.net + statement.adjustments_total


@given(statements(), POSTING)
def test_before_the_payout_clearing_is_what_the_marketplace_owes(
    statement: RemoteEscrow, posting: PostingSettings
) -> None:
    desk = desk_of(posting)

    desk.arrives(held(statement))

    assert desk.clearing() == owed(statement)
    for entry in desk.entries:
        lines = entry.difference.lines
        assert len(lines) >= 2
        assert sum(line.signed for line in lines) == 0
        assert all(line.signed and line.because for line in lines)


@given(statements(), POSTING, st.integers(0, 20), st.sampled_from([-UNIT, Decimal(0), UNIT]))
def test_after_the_payout_clearing_is_empty(
    statement: RemoteEscrow, posting: PostingSettings, days: int, off: Decimal
) -> None:
    desk = desk_of(posting)
    desk.arrives(held(statement))
    at = PAID + days * DAY
    early = sum((each.amount for each in statement.adjustments if each.at <= at), Decimal(0))

    desk.is_paid_out(release(str(statement.net + early + off), at.isoformat()))

    assert desk.why() == {}
    assert desk.clearing() == 0
    bank = sum(
        (each for (_, _, role), each in desk.balances().items() if role == "bank"), Decimal(0)
    )
    assert bank == owed(statement) + off


@given(statements(), POSTING)
def test_processing_again_posts_nothing(statement: RemoteEscrow, posting: PostingSettings) -> None:
    desk = desk_of(posting)
    desk.arrives(held(statement))
    desk.is_paid_out(release(str(statement.net), (PAID - DAY).isoformat()))
    count = len(desk.entries)

    desk.planned_again()
    desk.is_paid_out(release(str(statement.net), (PAID - DAY).isoformat()))

    assert len(desk.entries) == count


@given(statements(), cents)
def test_an_unknown_amount_that_lowers_the_net_blocks_and_is_named(
    statement: RemoteEscrow, missing: Decimal
) -> None:
    # Beyond whatever the residue of the statement itself leaves of the tolerance.
    amount = missing + (1 if missing >= 0 else -1)
    spoilt = replace(
        statement,
        net=statement.net + amount,
        net_adjusted=None,
        unknown=(("new_levy", amount),),
    )

    made = plan(held(spoilt))

    assert made.state is State.BLOCKED
    assert made.problem is not None
    assert made.problem.code is Code.TOTALS_MISMATCH
    assert f"new_levy {amount:f}" in made.problem.sentence
    assert made.entries == ()


@given(statements(), cents.filter(bool), st.sampled_from(["platform_fees", "discount", "refunds"]))
def test_once_it_is_decided_it_clears_like_any_other(
    statement: RemoteEscrow, amount: Decimal, role: str
) -> None:
    grown = replace(
        statement,
        net=statement.net - amount,
        net_adjusted=None,
        unknown=(("new_levy", amount),),
    )
    decided = EscrowField(field="new_levy", role=role, sign=-1)
    desk = desk_of(PostingSettings(escrow_fields=(decided,)))

    desk.arrives(held(grown))

    assert desk.clearing() == owed(grown)


@given(statements(), statements(), POSTING)
def test_an_edit_and_the_way_back_leave_nothing(
    first: RemoteEscrow, second: RemoteEscrow, posting: PostingSettings
) -> None:
    desk = desk_of(posting)
    desk.arrives(held(first))
    once = desk.stands()

    desk.arrives(held(second, modified_at=PAID + DAY))
    desk.arrives(held(first, modified_at=PAID + 2 * DAY))

    assert desk.stands() == once


COSTS = (EscrowKind.FEE, EscrowKind.COURIER, EscrowKind.SALE_TAX, EscrowKind.WITHHELD_TAX)


@st.composite
def orders(draw: st.DrawFn, modified_at: datetime, *, is_last: bool) -> RemoteOrder:
    """One version: a sale that stands, paid or not; or cancelled, with what it cost."""
    values: dict[str, Any] = {"modified_at": modified_at}
    kind = draw(st.sampled_from(["alive", "alive", "alive", "dead", "unpaid", "not yet"]))
    if kind == "dead":
        return held(draw(statements(COSTS)), stage=Stage.DEAD, is_taken=False, **values)
    if kind == "unpaid":
        return held(None, is_paid=False, paid_at=None, **values)
    if kind == "not yet" and not is_last:
        return held(None, **values)
    return held(draw(statements()), **values)


@st.composite
def stories(draw: st.DrawFn) -> tuple[list[RemoteOrder], list[SettledLine], list[Any]]:
    """Versions, payouts, and an order of events in which each comes once or more."""
    count = draw(st.integers(1, 4))
    versions = [draw(orders(PAID + at * DAY, is_last=at == count - 1)) for at in range(count)]
    lines = []
    for number in range(draw(st.integers(0, 3))):
        at = PAID + timedelta(hours=draw(st.integers(0, 20 * 24)))
        shown = draw(st.sampled_from(versions)).escrow or escrow()
        early = sum((each.amount for each in shown.adjustments if each.at <= at), Decimal(0))
        amount = draw(st.sampled_from([shown.net + early, shown.net, Decimal("12.34")]))
        lines.append(release(str(amount), at.isoformat(), id=number + 1, key=f"r:{number}"))
    events: list[Any] = [*versions, *lines]
    if events:
        events += draw(st.lists(st.sampled_from(events), max_size=3))
    return versions, lines, draw(st.permutations(events))


@settings(max_examples=200)
@given(stories(), POSTING)
def test_any_order_of_versions_and_payouts_ends_the_same(
    story: tuple[list[RemoteOrder], list[SettledLine], list[Any]], posting: PostingSettings
) -> None:
    versions, lines, events = story
    straight = desk_of(posting)
    straight.arrives(versions[-1])
    straight.is_paid_out(*lines)

    mixed = desk_of(posting)
    for event in events:
        if isinstance(event, SettledLine):
            mixed.is_paid_out(event)
        else:
            mixed.arrives(event)

    assert mixed.balances() == straight.balances()
    assert mixed.why() == straight.why()
    assert dict(mixed.standing.reserved) == dict(straight.standing.reserved)
