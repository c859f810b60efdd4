"""Every entry balances, lands on ledgers, and the clearing ledger is what the store owes."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from platforms.base import RemoteOrder
from platforms.money import round_to
from tests.in_memory import Desk, plan, site_rules
from tests.properties.strategies import orders, versions
from webapp.backoffice.sites.settings import PostingSettings

ZERO = Decimal(0)
SELLER = PostingSettings()
MARKETPLACE = PostingSettings(tax_collected_by="marketplace")
POSTING = st.sampled_from([SELLER, MARKETPLACE])


@given(versions(), POSTING)
def test_every_entry_balances_and_has_no_empty_line(
    history: list[RemoteOrder], posting: PostingSettings
) -> None:
    desk = Desk(rules=site_rules(posting=posting))

    for version in history:
        desk.arrives(version)

    for entry in desk.entries:
        lines = entry.difference.lines
        assert len(lines) >= 2
        assert sum((line.signed for line in lines), ZERO) == 0
        assert all(line.signed for line in lines)
        assert all(line.because for line in lines)
        assert len(entry.ledgers) == len(lines)


@given(versions())
def test_the_entries_of_a_part_are_numbered_without_a_gap(history: list[RemoteOrder]) -> None:
    desk = Desk()

    for version in history:
        desk.arrives(version)

    numbers: dict[tuple[str, str], list[int]] = {}
    for entry in desk.entries:
        key = (entry.difference.chapter, entry.difference.part)
        numbers.setdefault(key, []).append(entry.difference.seq)
    for found in numbers.values():
        assert found == list(range(1, len(found) + 1))


@given(orders(is_alive=True))
def test_clearing_is_the_total_less_fees_and_refunds(order: RemoteOrder) -> None:
    desk = Desk()

    desk.arrives(order)

    clearing = sum(
        (amount for (_, _, role), amount in desk.balances().items() if role == "customer_payment"),
        ZERO,
    )
    fee = order.fee.amount if order.fee else ZERO
    assert clearing == order.total - fee - sum((each.amount for each in order.refunds), ZERO)


@given(orders(is_alive=True))
def test_a_marketplace_leaves_no_tax_in_any_chapter(order: RemoteOrder) -> None:
    desk = Desk(rules=site_rules(posting=MARKETPLACE))

    desk.arrives(order)

    assert not [role for (_, _, role) in desk.balances() if role == "tax"]


@given(orders(is_alive=True), st.integers(-9, 9))
def test_a_total_that_is_off_is_rounding_or_blocks_and_nothing_larger_is_absorbed(
    order: RemoteOrder, cents: int
) -> None:
    off = Decimal(cents).scaleb(-2)
    order = replace(order, refunds=(), total=order.total + off)
    count = len(order.lines) + len(order.charges) + len(order.deliveries)

    made = plan(order)

    if abs(cents) > max(1, count):
        assert made.problem is not None
        assert made.entries == ()
    else:
        rounding = sum(
            (
                line.signed
                for entry in made.entries
                for line in entry.difference.lines
                if line.role == "rounding"
            ),
            ZERO,
        )
        assert made.problem is None
        assert rounding == -off


@given(orders(is_alive=True))
def test_tax_by_rate_adds_up_to_the_orders_tax(order: RemoteOrder) -> None:
    lines = [
        line
        for entry in plan(order).entries
        if entry.difference.chapter == "sale"
        for line in entry.difference.lines
        if line.role == "tax"
    ]

    assert -sum((line.signed for line in lines), ZERO) == round_to(order.total_tax, 2)
    assert len({line.tax_rate for line in lines}) == len(lines)
