"""A field that the marketplace adds stops its orders, and one decision lets all of them go on."""

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from platforms import registry
from platforms.money import plain
from tests import factories as make
from tests.marketplace import (
    clearing,
    entries,
    is_clean,
    part_sides,
    process_due,
    serve,
    shop,
    state_of,
    view,
)
from webapp.backoffice.setup.declarations import apply_declarations
from webapp.models.orders import ChannelOrder
from webapp.models.sites import PostingTerms, Site

FIRST: dict[str, Any] = {
    "status": "READY_TO_SHIP",
    "paid": "2026-03-05T04:00:00",
    "modified": "2026-03-05T04:00:05",
    "income": {
        "original_cost_of_goods_sold": "80.00",
        "commission_fee": "6.90",
        "escrow_amount": "73.10",
    },
}
LEVIED: dict[str, Any] = {
    **FIRST,
    "modified": "2026-03-07T04:00:00",
    "income": {
        "original_cost_of_goods_sold": "80.00",
        "commission_fee": "6.90",
        "green_levy": "3.10",
        "escrow_amount": "70.00",
    },
}
AS_A_FEE = {"green_levy": {"role": "platform_fees", "sign": -1}}
AS_DELIVERY = {"green_levy": {"role": "delivery", "sign": -1}}


def decide(session: Session, site: Site, fields: dict[str, Any]) -> int:
    """What a declaration that decides about fields re-queues."""
    (applied,) = apply_declarations(
        session,
        {"name": site.name, "posting": {"escrow_fields": fields}},
        platforms={name: registry.get(name) for name in registry.names()},
        now=make.NOW,
        actor="aminah@example.com",
    )
    process_due(session, site)
    return applied.requeued


def fees(session: Session, site: Site) -> list[str]:
    return [
        plain(part_sides(entry)["dr"]["platform_fees"], 2)
        for entry in entries(session, site)
        if entry.chapter == "fees"
    ]


def test_an_unknown_field_blocks_the_order_and_is_named_with_its_amount(session: Session) -> None:
    site = shop(session)

    serve(session, site, LEVIED)

    shown = view(session, site)
    assert (shown.state, shown.code, shown.entries) == ("blocked", "totals_mismatch", ())
    assert "Not known here: green_levy 3.10." in (shown.message or "")
    assert shown.reserved == {f"11-{site.id}": 1}


def test_one_decision_lets_a_new_order_through(session: Session) -> None:
    site = shop(session)
    serve(session, site, LEVIED)

    requeued = decide(session, site, AS_A_FEE)

    assert requeued == 1
    assert state_of(session, site) == ("synced", None)
    assert fees(session, site) == ["10.00"]
    assert plain(clearing(session, site), 2) == "70.00"
    assert is_clean(session)


def test_it_reaches_an_order_that_keeps_settings_from_before_the_decision(
    session: Session,
) -> None:
    site = shop(session)
    serve(session, site, FIRST)
    serve(session, site, LEVIED)
    assert state_of(session, site) == ("blocked", "totals_mismatch")

    decide(session, site, AS_A_FEE)

    assert state_of(session, site) == ("synced", None)
    assert fees(session, site) == ["6.90", "3.10"]
    assert is_clean(session)


def test_the_order_keeps_the_decision_that_it_posted_by(session: Session) -> None:
    site = shop(session)
    serve(session, site, FIRST)
    serve(session, site, LEVIED)
    decide(session, site, AS_A_FEE)
    once = entries(session, site)

    decide(session, site, AS_DELIVERY)
    serve(session, site, {**LEVIED, "status": "PROCESSED", "modified": "2026-03-09T04:00:00"})

    assert entries(session, site) == once
    assert is_clean(session)


def test_a_wrong_decision_can_be_mended_for_orders_that_it_did_not_free(session: Session) -> None:
    site = shop(session)
    serve(session, site, FIRST)
    serve(session, site, LEVIED)
    decide(session, site, {"green_levy": {"role": "platform_fees", "sign": 1}})
    assert state_of(session, site) == ("blocked", "totals_mismatch")

    decide(session, site, AS_A_FEE)

    assert state_of(session, site) == ("synced", None)


def test_an_order_without_the_field_keeps_no_decision_about_it(session: Session) -> None:
    site = shop(session, posting={"tax_collected_by": "marketplace", "escrow_fields": AS_DELIVERY})
    serve(session, site, FIRST)
    decide(session, site, AS_A_FEE)

    serve(session, site, LEVIED)

    assert fees(session, site) == ["6.90", "3.10"]


def test_a_decision_frees_only_orders_that_wait_for_totals(session: Session) -> None:
    site = shop(session)
    serve(session, site, LEVIED)
    make.order(session, site, state="blocked", code="unmapped_listing")
    make.order(session, shop(session), state="blocked", code="totals_mismatch")

    requeued = decide(session, site, AS_A_FEE)

    pending = select(func.count(ChannelOrder.id)).where(ChannelOrder.state == "pending")
    assert (requeued, session.scalar(pending)) == (1, 0)


def test_a_field_of_the_table_cannot_be_given_another_meaning(session: Session) -> None:
    site = shop(session)

    with pytest.raises(Exception, match="cannot be changed"):
        decide(session, site, {"commission_fee": {"role": "tax", "sign": -1}})


def test_settings_are_stored_once_for_all_orders_that_keep_the_same(session: Session) -> None:
    site = shop(session)
    serve(session, site, FIRST)
    serve(session, site, LEVIED)
    decide(session, site, AS_A_FEE)

    stored = session.scalars(select(PostingTerms.body).where(PostingTerms.site_id == site.id)).all()

    assert [len(body["escrow_fields"]) for body in stored] == [0, 1]
