"""What a marketplace's escrow posts: each amount for what it is, and clearing for the net."""

from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from platforms.base import Stage
from tests.escrows import adjustment, amount, escrow, held
from tests.in_memory import Desk, plan, signed
from webapp.backoffice.books.effects import DesiredPart
from webapp.backoffice.books.escrow import escrow_parts, settings_for
from webapp.backoffice.errors import Code, NeedsPerson
from webapp.backoffice.sites.settings import EscrowField, PostingSettings

ZONE = ZoneInfo("Asia/Kuala_Lumpur")
MARKETPLACE = PostingSettings(tax_collected_by="marketplace")
SELLER_AT_SEVEN = PostingSettings(included_tax_rate="7")


def posted(
    statement: object, settings: PostingSettings = MARKETPLACE, **given: object
) -> dict[str, dict[str, str]]:
    """Each part's amounts by role, debit plus."""
    parts = escrow_parts(held(statement, **given), settings, ZONE)  # type: ignore[arg-type]
    return {f"{part.chapter} {part.part}": _amounts(part) for part in parts if part.lines}


def _amounts(part: DesiredPart) -> dict[str, str]:
    assert sum(line.signed for line in part.lines) == 0
    return {str(line.role): format(line.signed, "f") for line in part.lines}


def because(statement: object, part: str, role: str) -> str:
    parts = escrow_parts(held(statement), MARKETPLACE, ZONE)  # type: ignore[arg-type]
    (found,) = (each for each in parts if f"{each.chapter} {each.part}" == part)
    return next(line.because for line in found.lines if line.role == role)


def refusal(statement: object, settings: PostingSettings = MARKETPLACE, **given: object) -> str:
    with pytest.raises(NeedsPerson) as raised:
        escrow_parts(held(statement, **given), settings, ZONE)  # type: ignore[arg-type]
    assert raised.value.problem.code is Code.TOTALS_MISMATCH
    return raised.value.problem.sentence


def test_sale_and_fees_are_posted_apart_and_leave_the_net_in_clearing() -> None:
    statement = escrow(goods="120.00", discount="-7.50", delivery="4.90", fee="-15.92")

    assert posted(statement) == {
        "sale order": {
            "customer_payment": "117.40",
            "discount": "7.50",
            "sales_revenue": "-120.00",
            "delivery": "-4.90",
        },
        "fees escrow": {"platform_fees": "15.92", "customer_payment": "-15.92"},
    }


def test_what_the_courier_costs_and_its_rebate_meet_on_delivery() -> None:
    courier = [amount("courier", "actual", "-7.40"), amount("courier", "rebate", "2.50")]

    assert posted(escrow(goods="80.00", more=courier))["fees escrow"] == {
        "delivery": "4.90",
        "customer_payment": "-4.90",
    }


def test_amounts_that_cancel_out_leave_no_line() -> None:
    courier = [amount("courier", "actual", "-7.40"), amount("courier", "rebate", "7.40")]

    assert "fees escrow" not in posted(escrow(goods="80.00", more=courier))


def test_each_line_names_the_fields_that_it_comes_from() -> None:
    fees = [amount("fee", "commission", "-5.20"), amount("fee", "service", "-1.70")]

    said = because(escrow(goods="80.00", more=fees), "fees escrow", "platform_fees")

    assert said == "commission; service"


def test_tax_that_the_marketplace_keeps_comes_off_revenue_or_off_the_tax_ledger() -> None:
    statement = escrow(
        goods="1090.00", discount="-109.00", fee="-54.00", sale_tax="-64.18", withheld_tax="-4.91"
    )

    assert posted(statement)["fees escrow"] == {
        "platform_fees": "54.00",
        "sales_revenue": "64.18",
        "tax": "4.91",
        "customer_payment": "-123.09",
    }
    assert posted(statement, SELLER_AT_SEVEN) == {
        "sale order": {
            "customer_payment": "981.00",
            "discount": "109.00",
            "sales_revenue": "-1025.82",
            "tax": "-64.18",
        },
        "fees escrow": {
            "platform_fees": "54.00",
            "tax": "69.09",
            "customer_payment": "-123.09",
        },
    }


def test_a_marketplace_that_collects_the_tax_has_none_inside_the_prices() -> None:
    rated = PostingSettings(tax_collected_by="marketplace", included_tax_rate="7")

    assert "tax" not in posted(escrow(), rated)["sale order"]


def test_what_was_given_back_takes_its_tax_along() -> None:
    statement = escrow(goods="107.00", refund="-53.50")

    assert posted(statement, SELLER_AT_SEVEN)["refund escrow"] == {
        "refunds": "50.00",
        "tax": "3.50",
        "customer_payment": "-53.50",
    }


def test_a_residue_of_a_minor_unit_a_line_goes_to_rounding_in_the_fees() -> None:
    statement = escrow(goods="80.00", fee="-6.90", net="73.08", lines=2)

    assert posted(statement)["fees escrow"] == {
        "platform_fees": "6.90",
        "rounding": "0.02",
        "customer_payment": "-6.92",
    }


def test_beyond_the_tolerance_it_says_what_is_off_by_how_much() -> None:
    said = refusal(escrow(net="73.07", lines=2))

    assert "come to MYR 73.10, net_amount is MYR 73.07: MYR 0.03 less" in said
    assert "MYR 0.02 would be allowed" in said
    assert "No amount is unknown here." in said


def test_unknown_fields_are_named_with_their_amounts() -> None:
    said = refusal(escrow(net="70.00", unknown={"green_levy": "3.10", "note_fee": "0.25"}))

    assert "Not known here: green_levy 3.10, note_fee 0.25." in said


def test_an_unknown_field_that_is_not_in_the_net_stops_nothing() -> None:
    assert posted(escrow(unknown={"coins_shown": "3.10"}))["sale order"]


def test_a_decided_field_is_read_as_if_it_had_always_had_its_meaning() -> None:
    statement = escrow(net="70.00", unknown={"green_levy": "3.10"})
    decided = PostingSettings(
        escrow_fields=(EscrowField(field="green_levy", role="platform_fees", sign=-1),)
    )

    fees = posted(statement, decided)["fees escrow"]

    assert fees == {"platform_fees": "10.00", "customer_payment": "-10.00"}


def test_a_decision_with_the_wrong_sign_does_not_explain_the_gap() -> None:
    statement = escrow(net="70.00", unknown={"green_levy": "3.10"})
    decided = PostingSettings(
        escrow_fields=(EscrowField(field="green_levy", role="platform_fees", sign=1),)
    )

    assert "MYR 6.20 less" in refusal(statement, decided)


def test_an_order_takes_up_only_the_decisions_that_it_has_a_use_for() -> None:
    levy = EscrowField(field="green_levy", role="platform_fees", sign=-1)
    other = EscrowField(field="other", role="discount", sign=-1)
    now = PostingSettings(escrow_fields=(levy, other))
    order = held(escrow(net="70.00", unknown={"green_levy": "3.10"}))

    assert settings_for(order, None, now).escrow_fields == (levy,)
    assert settings_for(order, PostingSettings(), now).escrow_fields == (levy,)
    assert settings_for(held(escrow()), None, now).escrow_fields == ()


def test_what_an_order_has_kept_wins_over_a_later_decision() -> None:
    kept = PostingSettings(
        escrow_fields=(EscrowField(field="green_levy", role="delivery", sign=-1),)
    )
    now = PostingSettings(
        escrow_fields=(EscrowField(field="green_levy", role="platform_fees", sign=-1),)
    )
    order = held(escrow(net="70.00", unknown={"green_levy": "3.10"}))

    assert settings_for(order, kept, now) == kept


def test_adjustments_that_do_not_add_up_are_told_apart_from_the_escrow() -> None:
    made = [adjustment("-40.00", "2026-03-20")]

    assert "The adjustments come to MYR -40.00, their total in the store is MYR -39.00" in refusal(
        escrow(adjustments=made, adjustments_total=Decimal("-39.00"))
    )
    assert "the amount after adjustments in the store is MYR 33.00: MYR 0.10 less" in refusal(
        escrow(adjustments=made, net_adjusted=Decimal("33.00"))
    )


def test_an_order_that_is_not_paid_posts_nothing_whatever_its_escrow_says() -> None:
    assert posted(escrow(), is_paid=False, paid_at=None) == {}
    assert posted(None, is_paid=False, paid_at=None) == {}


def test_of_a_cancelled_order_only_what_it_cost_stays() -> None:
    assert posted(escrow(fee="-6.30"), stage=Stage.DEAD) == {
        "fees escrow": {"platform_fees": "6.30", "customer_payment": "-6.30"}
    }
    assert posted(escrow(fee="-6.30"), stage=Stage.DEAD, is_paid=False) != {}
    assert posted(escrow(goods="0.00"), stage=Stage.DEAD) == {}
    assert posted(None, stage=Stage.DEAD) == {}


def test_a_cancelled_order_whose_escrow_still_holds_the_sale_is_not_believed() -> None:
    assert "known here come to MYR -6.90" in refusal(escrow(), stage=Stage.DEAD)


def test_the_refund_is_dated_by_the_version_that_shows_it() -> None:
    desk = Desk()
    desk.arrives(held(escrow(goods="80.00")))
    later = held(escrow(goods="80.00", refund="-30.00"))

    made = desk.arrives(later)

    assert made is not None
    (entry,) = made.entries
    # The store's date did not move, so the day of reading counts.
    assert (entry.posted_on, signed(entry)["refunds"]) == (date(2026, 11, 24), Decimal("30.00"))


def test_the_first_entries_are_dated_by_the_payment() -> None:
    made = plan(held(escrow()))

    assert {entry.posted_on for entry in made.entries} == {date(2026, 3, 5)}
