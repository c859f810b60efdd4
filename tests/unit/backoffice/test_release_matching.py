"""A marketplace's payout against its escrow: what it settles, and why it waits."""

from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from platforms.base import RemoteOrder, Stage
from tests.escrows import adjustment, escrow, held, release
from webapp.backoffice.books.settlement import SettledLine, Settlement, settle, with_settlement
from webapp.backoffice.errors import Code
from webapp.backoffice.sites.settings import PostingSettings

ZONE = ZoneInfo("Asia/Kuala_Lumpur")
SETTINGS = PostingSettings(tax_collected_by="marketplace")


def settled(order: RemoteOrder, *lines: SettledLine) -> Settlement:
    return settle(order, SETTINGS, ZONE, lines)


def payouts(settlement: Settlement) -> dict[str, dict[str, str]]:
    for part in settlement.payouts:
        assert sum(line.signed for line in part.lines) == 0
    return {
        part.part: {str(line.role): format(line.signed, "f") for line in part.lines}
        for part in settlement.payouts
    }


def sentence(settlement: Settlement, line: int = 1) -> str:
    problem = settlement.outcome[line]
    assert problem is not None
    assert problem.code is Code.PAYOUT_MISMATCH
    return problem.sentence


def test_the_payout_of_the_escrow_goes_from_clearing_to_the_bank_on_its_day() -> None:
    found = settled(held(escrow()), release("73.10"))

    assert payouts(found) == {"release": {"bank": "73.10", "customer_payment": "-73.10"}}
    assert found.payouts[0].first_on == date(2026, 3, 13)
    assert found.outcome == {1: None}


def test_a_payout_leaves_the_fees_of_the_escrow_as_they_are() -> None:
    found = settled(held(escrow()), release("73.10"))

    assert found.fees is None
    assert with_settlement((), found) == found.payouts


def test_one_minor_unit_off_goes_to_rounding_and_clearing_is_empty_all_the_same() -> None:
    assert payouts(settled(held(escrow()), release("73.09"))) == {
        "release": {"bank": "73.09", "customer_payment": "-73.10", "rounding": "0.01"}
    }


def test_more_than_a_minor_unit_off_waits_and_says_both_amounts() -> None:
    found = settled(held(escrow()), release("73.08"))

    assert found.payouts == ()
    assert sentence(found) == "Paid out 73.08, and the order's escrow came to 73.10 by then."


def test_what_was_adjusted_before_the_payout_is_in_it() -> None:
    order = held(escrow(adjustments=[adjustment("-3.10", "2026-03-12")]))

    assert payouts(settled(order, release("70.00"))) == {
        "release": {"bank": "70.00", "customer_payment": "-70.00"}
    }


def test_what_was_adjusted_later_settles_by_itself_on_its_own_day() -> None:
    late = [adjustment("-40.00", "2026-03-20", "Return"), adjustment("8.50", "2026-03-22")]

    found = settled(held(escrow(adjustments=late)), release("73.10"))

    assert payouts(found) == {
        "release": {"bank": "73.10", "customer_payment": "-73.10"},
        "adj:2026-03-20:Return": {"bank": "-40.00", "customer_payment": "40.00"},
        "adj:2026-03-22:Logistics compensation": {"bank": "8.50", "customer_payment": "-8.50"},
    }
    assert [str(part.first_on) for part in found.payouts[1:]] == ["2026-03-20", "2026-03-22"]


def test_on_the_day_of_the_payout_the_hour_decides() -> None:
    made = [
        adjustment("-1.00", "2026-03-13T03:59:59+00:00", "Return"),
        adjustment("-2.00", "2026-03-13T04:00:01+00:00", "Return"),
    ]

    found = payouts(settled(held(escrow(adjustments=made)), release("72.10")))

    assert found["release"]["bank"] == "72.10"
    assert found["adj:2026-03-13:Return"]["bank"] == "-2.00"


def test_without_a_payout_no_adjustment_is_settled() -> None:
    order = held(escrow(adjustments=[adjustment("-40.00", "2026-03-20")]))

    assert settled(order, release("1.00")).payouts == ()


def test_a_second_payout_of_the_order_waits() -> None:
    again = release("73.10", "2026-03-14T04:00:00+00:00", id=2)

    found = settled(held(escrow()), again, release("73.10"))

    assert found.outcome[1] is None
    assert sentence(found, 2) == (
        "Paid out 73.10, and another payout has settled this order already."
    )


def test_a_payout_that_the_escrow_no_longer_explains_waits_again() -> None:
    found = settled(held(escrow(fee="-10.00", goods="80.00")), release("73.10"))

    assert found.payouts == ()
    assert "came to 70.00 by then" in sentence(found)


def test_a_cancelled_order_pays_what_it_cost() -> None:
    order = held(escrow(fee="-6.30"), stage=Stage.DEAD)

    assert payouts(settled(order, release("-6.30"))) == {
        "release": {"bank": "-6.30", "customer_payment": "6.30"}
    }


def test_a_file_never_settles_an_order_that_has_an_escrow() -> None:
    line = release("80.00", kind="charge", fee=Decimal("6.90"), net=Decimal("73.10"))

    assert "not the line of a file" in sentence(settled(held(escrow()), line))


def test_a_payout_of_an_order_without_an_escrow_is_none_of_its_lines() -> None:
    order = held(None, has_escrow=False)

    problem = settled(order, release("53.00")).outcome[1]

    assert problem is not None
    assert problem.code is Code.NOT_AN_ORDER_LINE


def test_a_payout_waits_while_the_escrow_is_not_there() -> None:
    problem = settled(held(None), release("73.10")).outcome[1]

    assert problem is not None
    assert problem.code is Code.ESCROW_NOT_READY


def test_a_payout_in_another_currency_waits_for_that() -> None:
    problem = settled(held(escrow()), release("73.10", currency="SGD")).outcome[1]

    assert problem is not None
    assert problem.code is Code.CURRENCY_MISMATCH
