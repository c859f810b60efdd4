"""Pieces of a marketplace's returns: only accepted ones whose goods come back move anything."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.marketplace import entries, is_clean, serve, shop
from webapp.models.stock import StockMove

SOLD: dict[str, Any] = {
    "status": "COMPLETED",
    "paid": "2026-03-05T04:00:00",
    "modified": "2026-03-05T04:00:05",
    "items": [{"quantity": 4}],
    "income": {"original_cost_of_goods_sold": "80.00", "escrow_amount": "80.00"},
}


def returned(pieces: int = 1, **given: Any) -> dict[str, Any]:
    row = {
        "return_sn": "2603150001",
        "created": "2026-03-15T04:00:00",
        "items": [{"pieces": pieces}],
        **given,
    }
    return {**SOLD, "returns": [row]}


def moves(session: Session) -> list[tuple[int, str]]:
    rows = session.execute(
        select(StockMove.quantity, StockMove.reason)
        .where(StockMove.channel_order_id.is_not(None))
        .order_by(StockMove.id)
    )
    return [(quantity, reason) for quantity, reason in rows]


def test_an_accepted_return_brings_its_pieces_back_and_no_money(session: Session) -> None:
    site = shop(session)
    serve(session, site, SOLD)
    count = len(entries(session, site))

    serve(session, site, returned(1), now=make.NOW)

    assert moves(session) == [(-4, "sale"), (1, "return")]
    assert len(entries(session, site)) == count
    assert is_clean(session)


@pytest.mark.parametrize(
    "row", [{"status": "REQUESTED"}, {"status": "CANCELLED"}, {"solution": 1}], ids=str
)
def test_any_other_return_moves_nothing(session: Session, row: dict[str, Any]) -> None:
    site = shop(session)
    serve(session, site, SOLD)

    serve(session, site, returned(1, **row), now=make.NOW)

    assert moves(session) == [(-4, "sale")]


def test_never_more_comes_back_than_went_out(session: Session) -> None:
    site = shop(session)
    serve(session, site, SOLD)

    serve(session, site, returned(50), now=make.NOW)

    assert moves(session) == [(-4, "sale"), (4, "return")]


def test_a_site_may_keep_returned_pieces_off_its_shelf(session: Session) -> None:
    posting = {"tax_collected_by": "marketplace", "restock_on_refund": False}
    site = shop(session, posting=posting)
    serve(session, site, SOLD)

    serve(session, site, returned(1), now=make.NOW)

    assert moves(session) == [(-4, "sale")]
