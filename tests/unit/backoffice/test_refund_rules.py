"""What a refund takes back, and of which role: the four rules, and what is left after each."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from platforms.base import RemoteOrder
from tests import factories as make
from tests.in_memory import plan, signed, site_rules
from tests.remote_sales import CHARGE, DELIVERY, back, delivery, example, goods, refund, tax
from webapp.backoffice.errors import Code
from webapp.backoffice.sites.settings import PostingSettings

DAY = timedelta(days=1)


def refunds_of(order: RemoteOrder, **given: Any) -> list[dict[str, str]]:
    """Each refund's entry by role, as text."""
    made = plan(order, **given)
    assert made.problem is None
    return [
        {role: str(amount) for role, amount in signed(entry).items()}
        for entry in made.entries
        if entry.difference.chapter == "refund"
    ]


def test_lines_that_add_up_are_posted_as_they_are() -> None:
    given_back = refund("56.18", back("45.00", tax="2.70"), back("8.00", tax="0.48", kind=DELIVERY))

    assert refunds_of(example(refunds=(given_back,))) == [
        {"refunds": "45.00", "delivery": "8.00", "tax": "3.18", "customer_payment": "-56.18"}
    ]


def test_a_surcharge_given_back_counts_as_goods() -> None:
    given_back = refund("10.60", back("10.00", tax="0.60", kind=CHARGE))

    assert refunds_of(example(refunds=(given_back,))) == [
        {"refunds": "10.00", "tax": "0.60", "customer_payment": "-10.60"}
    ]


@pytest.mark.parametrize(
    ("amount", "rounding"), [("47.71", "0.01"), ("47.69", "-0.01"), ("47.70", None)]
)
def test_a_residue_inside_the_tolerance_is_rounding(amount: str, rounding: str | None) -> None:
    (entry,) = refunds_of(example(refunds=(refund(amount, back("45.00", tax="2.70")),)))

    assert entry.get("rounding") == rounding
    assert (entry["refunds"], entry["tax"]) == ("45.00", "2.70")


def test_every_line_of_a_refund_widens_the_tolerance_by_one_minor_unit() -> None:
    three = (back("45.00", tax="2.70"), back(line="102"), back(line="201", kind=DELIVERY))

    (entry,) = refunds_of(example(refunds=(refund("47.73", *three),)))

    assert entry["rounding"] == "0.03"


def test_an_amount_beyond_its_lines_is_shared_by_what_the_order_still_holds() -> None:
    """Left after the line: 56.18 with tax 3.18 and delivery 8.00; 12.30 of it is shared."""
    (entry,) = refunds_of(example(refunds=(refund("60.00", back("45.00", tax="2.70")),)))

    assert entry == {
        "refunds": "54.85",  # 45.00 + (12.30 − 0.70 − 1.75)
        "delivery": "1.75",  # 12.30 × 8.00 ÷ 56.18
        "tax": "3.40",  # 2.70 + 12.30 × 3.18 ÷ 56.18
        "customer_payment": "-60.00",
    }


def test_an_amount_below_its_lines_wins_and_is_shared() -> None:
    too_much = refund("20.00", back("90.00", tax="5.40", quantity=2))

    assert refunds_of(example(refunds=(too_much,))) == [
        {"refunds": "17.33", "delivery": "1.54", "tax": "1.13", "customer_payment": "-20.00"}
    ]


def test_lines_whose_amount_did_not_win_still_bring_their_pieces_back() -> None:
    too_much = refund("20.00", back("90.00", tax="5.40", quantity=2))

    assert dict(plan(example(refunds=(too_much,))).moves) == {}


def test_a_refund_of_nothing_posts_nothing_but_may_bring_pieces_back() -> None:
    made = plan(example(refunds=(refund("0.00", back(quantity=1)),)))

    assert [entry.difference.chapter for entry in made.entries] == ["sale"]
    assert dict(made.moves) == {12: -1}


def test_a_refund_of_nothing_whose_lines_have_amounts_posts_nothing() -> None:
    assert refunds_of(example(refunds=(refund("0.00", back("45.00", tax="2.70")),))) == []


def test_the_refund_that_closes_the_order_takes_exactly_what_is_left() -> None:
    first = refund("33.33", at=make.ORDERED)
    second = refund("33.33", at=make.ORDERED + DAY)
    third = refund("37.22", at=make.ORDERED + 2 * DAY)

    entries = refunds_of(example(refunds=(third, first, second)))

    for role, whole in (("tax", "5.88"), ("delivery", "8.00"), ("refunds", "90.00")):
        assert sum(Decimal(entry.get(role, "0")) for entry in entries) == Decimal(whole)


def test_refunds_are_computed_in_the_order_of_their_making_then_of_their_ids() -> None:
    same_moment = [refund("20.00", remote_id="1000"), refund("83.88", remote_id="999")]

    entries = plan(example(refunds=tuple(same_moment))).entries

    assert [entry.difference.part for entry in entries] == ["order", "999", "1000"]
    assert signed(entries[1])["tax"] == Decimal("4.75")


@pytest.mark.parametrize("amount", ["103.88", "103.89"])
def test_one_minor_unit_more_than_the_total_may_be_refunded(amount: str) -> None:
    (entry,) = refunds_of(example(refunds=(refund(amount),)))

    assert (entry["tax"], entry["delivery"]) == ("5.88", "8.00")


def test_more_than_that_blocks_the_order_and_says_both_sums() -> None:
    made = plan(example(refunds=(refund("100.00"), refund("3.90"))))

    assert made.problem is not None
    assert made.problem.code == Code.TOTALS_MISMATCH
    assert (made.problem.facts["lines"], made.problem.facts["stated"]) == (
        Decimal("103.90"),
        Decimal("103.88"),
    )
    assert made.entries == ()


def test_a_cent_after_everything_was_refunded_is_goods() -> None:
    first = refund("103.88", at=make.ORDERED)
    cent = refund("0.01", at=make.ORDERED + DAY)

    assert refunds_of(example(refunds=(first, cent)))[1] == {
        "refunds": "0.01",
        "customer_payment": "-0.01",
    }


def test_the_marketplace_keeps_the_tax_share_of_a_refund() -> None:
    order = example(refunds=(refund("20.00"),))
    posting = PostingSettings(tax_collected_by="marketplace")

    assert refunds_of(order, posting=posting) == [
        {"refunds": "17.33", "delivery": "1.54", "customer_payment": "-18.87"}
    ]


def test_the_marketplace_keeps_the_tax_of_refunded_lines_too() -> None:
    order = example(refunds=(refund("47.70", back("45.00", tax="2.70")),))
    posting = PostingSettings(tax_collected_by="marketplace")

    assert refunds_of(order, posting=posting) == [
        {"refunds": "45.00", "customer_payment": "-45.00"}
    ]


def two_rates(**given: Any) -> RemoteOrder:
    lines = [goods("60.00", remote_line_id="101"), goods("40.00", remote_line_id="102", key="13")]
    return make.remote_order(
        lines,
        deliveries=(delivery("6.00"),),
        taxes=(tax("SST-6", "4.30"), tax("SST-10", "4.00")),
        total=Decimal("114.30"),
        total_tax=Decimal("8.30"),
        **given,
    )


def rates(order: RemoteOrder, which: int) -> dict[str | None, str]:
    entry = plan(order).entries[which]
    return {
        line.tax_rate: str(line.signed) for line in entry.difference.lines if line.role == "tax"
    }


def test_a_refunded_line_takes_back_the_tax_of_its_own_rate() -> None:
    given_back = refund("44.00", back("40.00", tax="4.00", line="102", taxes=(("SST-10", "4.00"),)))

    assert rates(two_rates(refunds=(given_back,)), 1) == {"SST-10": "4.00"}


def test_an_amount_only_refund_shares_its_tax_over_the_rates_that_are_left() -> None:
    order = two_rates(refunds=(refund("57.15", at=make.ORDERED), refund("57.15", at=make.NOW)))

    first, second = rates(order, 1), rates(order, 2)

    assert first == {"SST-6": "2.15", "SST-10": "2.00"}
    for code, whole in (("SST-6", "4.30"), ("SST-10", "4.00")):
        assert Decimal(first[code]) + Decimal(second[code]) == Decimal(whole)


def test_yen_are_shared_in_whole_yen() -> None:
    order = make.remote_order(
        [goods("1364", remote_line_id="101")],
        deliveries=(delivery("500"),),
        total=Decimal(2050),
        total_tax=Decimal(186),
        currency="JPY",
        digits=0,
        refunds=(refund("1000", at=make.ORDERED), refund("1050", at=make.NOW)),
    )
    rules = replace(site_rules(), currency="JPY", digits=0)

    first, second = refunds_of(order, rules=rules)

    assert first == {"refunds": "665", "delivery": "244", "tax": "91", "customer_payment": "-1000"}
    assert second == {"refunds": "699", "delivery": "256", "tax": "95", "customer_payment": "-1050"}


def test_refunds_of_an_unpaid_order_post_nothing() -> None:
    order = example(is_paid=False, paid_at=None, refunds=(refund("20.00"),))

    made = plan(order)

    assert (made.problem, made.entries) == (None, ())


def test_a_refund_says_which_fields_it_came_from() -> None:
    with_lines = refund("47.70", back("45.00", tax="2.70"), remote_id=77, at=make.ORDERED)
    amount_only = refund("20.00", remote_id=78, at=make.NOW)

    _, first, second = plan(example(refunds=(with_lines, amount_only))).entries

    because = [
        {line.role: line.because for line in entry.difference.lines} for entry in (first, second)
    ]
    assert because[0] == {
        "refunds": "refund[77].line_items.total",
        "tax": "refund[77].total_tax",
        "customer_payment": "refund[77].amount",
    }
    assert because[1]["refunds"] == "refund[78].amount, its share"
