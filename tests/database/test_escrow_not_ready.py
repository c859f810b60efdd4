"""While a marketplace tells no amounts yet: tried again, its parcel free to go, then given up."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.marketplace import entries, is_clean, pay_out, process_due, serve, shop, view, waiting
from webapp.models.orders import ChannelOrder
from webapp.models.sites import Site

WAITS: dict[str, Any] = {
    "status": "READY_TO_SHIP",
    "paid": "2026-03-05T04:00:00",
    "modified": "2026-03-05T04:00:05",
}
READY: dict[str, Any] = {
    **WAITS,
    "income": {
        "original_cost_of_goods_sold": "80.00",
        "commission_fee": "6.90",
        "escrow_amount": "73.10",
    },
}


def row(session: Session, site: Site) -> ChannelOrder:
    found = session.scalars(select(ChannelOrder).where(ChannelOrder.site_id == site.id)).one()
    session.refresh(found)
    return found


def test_it_is_tried_again_at_a_stated_time_with_its_pieces_reserved(session: Session) -> None:
    site = shop(session)

    serve(session, site, WAITS, now=make.NOW)

    shown = view(session, site)
    assert (shown.state, shown.code, shown.attempts) == ("retrying", "escrow_not_ready", 1)
    assert shown.next_attempt_at is not None
    assert timedelta(seconds=30) <= shown.next_attempt_at - make.NOW <= timedelta(seconds=38)
    assert (shown.retail_status, shown.entries) == ("active", ())
    assert shown.reserved == {f"11-{site.id}": 1}
    assert "Its pieces stay reserved." in shown.timeline[-1].message


def test_the_wait_grows_and_ends_at_the_attempt_limit(session: Session) -> None:
    site = shop(session, attempt_limit=3)
    serve(session, site, WAITS, now=make.NOW)
    now, states = make.NOW, []

    for _ in range(3):
        again_at = row(session, site).next_attempt_at
        if again_at is None:
            break
        process_due(session, site, now=again_at - timedelta(seconds=1))
        assert row(session, site).next_attempt_at == again_at  # not before its time
        process_due(session, site, now=again_at)
        states.append((row(session, site).state, row(session, site).attempts))
        assert again_at > now
        now = again_at

    assert states == [("retrying", 2), ("failed", 3)]
    shown = view(session, site)
    assert (shown.code, shown.next_attempt_at) == ("escrow_not_ready", None)
    assert shown.reserved == {f"11-{site.id}": 1}


def test_when_the_escrow_is_there_the_order_goes_through_from_any_state(session: Session) -> None:
    site = shop(session, attempt_limit=1)
    serve(session, site, WAITS, now=make.NOW)
    assert view(session, site).state == "failed"

    serve(session, site, READY, now=make.NOW)

    assert view(session, site).state == "synced"
    assert [entry.chapter for entry in entries(session, site)] == ["sale", "fees"]
    assert is_clean(session)


def test_a_payout_waits_for_the_escrow_and_costs_the_order_no_attempt(session: Session) -> None:
    site = shop(session)
    serve(session, site, WAITS, now=make.NOW)

    pay_out(session, site, "73.10", "2026-03-13T04:00:00")

    assert set(waiting(session, site).values()) == {"escrow_not_ready"}
    # Planned again with the payout: the order's own second attempt, and none for the line.
    assert row(session, site).attempts == 2

    serve(session, site, READY, now=make.NOW)

    assert waiting(session, site) == {}
    assert [entry.chapter for entry in entries(session, site)] == ["sale", "fees", "payout"]
