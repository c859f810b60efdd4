"""Corrections after the escrow: their chapter, their day, their key."""

from zoneinfo import ZoneInfo

from tests.escrows import adjustment, escrow, held
from webapp.backoffice.books.adjustments import adjustment_parts
from webapp.backoffice.books.effects import DesiredPart
from webapp.backoffice.sites.settings import PostingSettings

ZONE = ZoneInfo("Asia/Kuala_Lumpur")
MARKETPLACE = PostingSettings(tax_collected_by="marketplace")


def parts_of(
    *made: object, settings: PostingSettings = MARKETPLACE, **given: object
) -> tuple[DesiredPart, ...]:
    statement = escrow(adjustments=made)  # type: ignore[arg-type]
    return adjustment_parts(held(statement), statement, settings, ZONE)


def amounts(part: DesiredPart) -> dict[str, str]:
    assert sum(line.signed for line in part.lines) == 0
    return {str(line.role): format(line.signed, "f") for line in part.lines}


def test_a_reason_that_tells_of_a_return_posts_a_refund_any_other_a_fee() -> None:
    refund, fee = parts_of(
        adjustment("-40.00", "2026-03-20", "Return REFUND deduction"),
        adjustment("8.50", "2026-03-22", "Logistics compensation"),
    )

    assert (refund.chapter, refund.part) == ("refund", "adj:2026-03-20:Return REFUND deduction")
    assert amounts(refund) == {"refunds": "40.00", "customer_payment": "-40.00"}
    assert (fee.chapter, fee.part) == ("fees", "adj:2026-03-22:Logistics compensation")
    assert amounts(fee) == {"platform_fees": "-8.50", "customer_payment": "8.50"}


def test_a_site_may_add_words_that_tell_of_a_refund() -> None:
    settings = PostingSettings(refund_words=("Pengembalian",))

    (part,) = parts_of(adjustment("-4.00", "2026-03-20", "pengembalian dana"), settings=settings)

    assert part.chapter == "refund"


def test_a_refund_adjustment_takes_its_tax_along_when_the_seller_remits_it() -> None:
    settings = PostingSettings(included_tax_rate="7")

    refund, fee = parts_of(
        adjustment("-53.50", "2026-03-20", "Return"),
        adjustment("-10.70", "2026-03-21", "Logistics"),
        settings=settings,
    )

    assert amounts(refund) == {"refunds": "50.00", "tax": "3.50", "customer_payment": "-53.50"}
    assert "tax" not in amounts(fee)


def test_equal_days_and_reasons_are_added_up_in_whatever_order_they_come() -> None:
    one, two = adjustment("-4.00", "2026-03-20"), adjustment("-1.50", "2026-03-20")
    third = adjustment("2.00", "2026-03-19")

    assert parts_of(one, two, third) == parts_of(third, two, one)
    assert [amounts(part)["customer_payment"] for part in parts_of(one, two, third)] == [
        "2.00",
        "-5.50",
    ]


def test_the_day_is_the_sites_and_not_utc() -> None:
    (part,) = parts_of(adjustment("-4.00", "2026-03-20T17:00:00+00:00"))

    assert part.part.startswith("adj:2026-03-21:")
    assert str(part.first_on) == "2026-03-21"


def test_adjustments_that_cancel_out_post_nothing() -> None:
    (part,) = parts_of(adjustment("-4.00", "2026-03-20"), adjustment("4.00", "2026-03-20"))

    assert part.lines == ()


def test_a_long_or_unprintable_reason_still_makes_a_key_of_its_own() -> None:
    long = "Compensation for a parcel that " + "was lost and found again " * 8

    one, two, odd = parts_of(
        adjustment("-4.00", "2026-03-20", long + "A"),
        adjustment("-4.00", "2026-03-20", long + "B"),
        adjustment("-4.00", "2026-03-21", "Lost\0 parcel\n"),
    )

    assert one.part != two.part
    assert max(len(one.part), len(two.part)) <= 120
    assert odd.part == "adj:2026-03-21:Lost parcel"
