"""A marketplace's payouts in the worklist: what does not fit waits, and fits later."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from platforms.money import plain
from tests import factories as make
from tests.marketplace import clearing, entries, is_clean, pay_out, serve, shop, state_of, waiting
from webapp.models.settlement import SettlementLine

SOLD: dict[str, Any] = {
    "status": "COMPLETED",
    "paid": "2026-03-05T04:00:00",
    "modified": "2026-03-05T04:00:05",
    "income": {
        "original_cost_of_goods_sold": "80.00",
        "commission_fee": "6.90",
        "escrow_amount": "73.10",
    },
}
CORRECTED: dict[str, Any] = {
    **SOLD,
    "income": {
        "original_cost_of_goods_sold": "80.00",
        "commission_fee": "10.00",
        "escrow_amount": "70.00",
    },
}
PAID_AT = "2026-03-13T04:00:00"


def payouts(session: Session, site: Any) -> list[str]:
    return [entry.memo for entry in entries(session, site) if entry.chapter == "payout"]


def test_a_payout_of_another_amount_waits_and_the_order_stays_synced(session: Session) -> None:
    site = shop(session)
    serve(session, site, SOLD)

    pay_out(session, site, "70.00", PAID_AT)

    assert state_of(session, site) == ("synced", None)
    assert list(waiting(session, site).values()) == ["payout_mismatch"]
    message = session.scalars(select(SettlementLine.message)).one()
    assert message == "Paid out 70.00, and the order's escrow came to 73.10 by then."
    assert payouts(session, site) == []


def test_it_is_tried_again_at_each_version(session: Session) -> None:
    site = shop(session)
    serve(session, site, SOLD)
    pay_out(session, site, "70.00", PAID_AT)

    serve(session, site, CORRECTED, now=make.NOW)

    assert waiting(session, site) == {}
    assert clearing(session, site) == 0
    assert is_clean(session)


def test_a_payout_that_a_correction_no_longer_explains_is_taken_back_and_waits(
    session: Session,
) -> None:
    site = shop(session)
    serve(session, site, SOLD)
    pay_out(session, site, "73.10", PAID_AT)

    serve(session, site, CORRECTED, now=make.NOW)

    assert list(waiting(session, site).values()) == ["payout_mismatch"]
    assert plain(clearing(session, site), 2) == "70.00"
    assert payouts(session, site)[-1].startswith("Reversal")
    assert is_clean(session)


def test_a_second_payout_at_another_time_waits(session: Session) -> None:
    site = shop(session)
    serve(session, site, SOLD)
    pay_out(session, site, "73.10", PAID_AT)

    pay_out(session, site, "73.10", "2026-03-14T04:00:00")

    assert list(waiting(session, site).values()) == ["payout_mismatch"]
    assert len(payouts(session, site)) == 1
    assert clearing(session, site) == 0


def test_a_payout_that_came_before_its_order_is_matched_when_that_arrives(
    session: Session,
) -> None:
    site = shop(session)
    pay_out(session, site, "73.10", PAID_AT)

    serve(session, site, SOLD)

    assert waiting(session, site) == {}
    assert clearing(session, site) == 0


def test_memos_of_a_journal_are_plain_words(session: Session) -> None:
    site = shop(session)
    adjusted = {
        **SOLD,
        "income": {**SOLD["income"], "total_adjustment_amount": "-4.00"},
        "adjustments": [{"amount": "-4.00", "at": "2026-03-20T04:00:00", "reason": "Logistics"}],
    }
    serve(session, site, adjusted)
    pay_out(session, site, "73.10", PAID_AT)

    number = "260305KJ4MYR01"
    assert [entry.memo for entry in entries(session, site)] == [
        f"Sale of order {number}",
        f"What the marketplace kept of order {number}",
        f"Adjustment of order {number}: Logistics",
        f"Payout of order {number}, released by the marketplace",
        f"Adjustment of order {number}, settled at once: Logistics",
    ]
