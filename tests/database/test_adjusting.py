"""Receiving and adjusting: whatever is posted, on hand is the sum of its moves."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.conftest import NOW
from webapp.backoffice.goods.adjusting import ADJUST, LARGEST, RECEIVE, move_pieces
from webapp.backoffice.goods.counting import import_stock, preview_counts
from webapp.backoffice.goods.stock_sheet import one_count
from webapp.models.stock import StockItem, StockMove

PIECES = st.integers(-50, 50).filter(bool)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just(RECEIVE), st.integers(1, 50)),
        st.tuples(st.just(ADJUST), PIECES),
        st.tuples(st.just("count"), st.integers(0, 90)),
    ),
    max_size=8,
)


def step(session: Session, item: StockItem, kind: str, pieces: int) -> None:
    if kind == "count":
        sheet = one_count(sku=item.sku, on_hand=str(pieces))
        [seen], _ = preview_counts(session, sheet, now=NOW)
        before = item.on_hand
        import_stock(session, sheet, now=NOW, actor="x")
        session.refresh(item)
        assert item.on_hand == pieces == before + seen.move
        return
    before = item.on_hand
    after = move_pieces(session, item.id, pieces, reason=kind, note="why", now=NOW, actor="x")
    session.refresh(item)
    assert after == item.on_hand == before + pieces


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(STEPS)
def test_on_hand_is_the_sum_of_moves_whatever_is_posted(
    engine: Engine, steps: list[tuple[str, int]]
) -> None:
    with Session(engine) as session, session.begin():
        item = make.stock_item(session, f"S-{session.scalar(select(func.count(StockItem.id)))}", 7)
        opening = item.on_hand - _moved(session, item)

        for kind, pieces in steps:
            step(session, item, kind, pieces)

            assert item.on_hand == opening + _moved(session, item)
        session.rollback()


def _moved(session: Session, item: StockItem) -> int:
    query = select(func.coalesce(func.sum(StockMove.quantity), 0))
    return int(session.scalar(query.where(StockMove.stock_item_id == item.id)) or 0)


def test_received_goods_make_an_item_known_and_an_adjustment_does_not(session: Session) -> None:
    first = make.stock_item(session, "A", 0, counted_at=None)
    second = make.stock_item(session, "B", 0, counted_at=None)

    move_pieces(session, first.id, 5, reason=RECEIVE, note="", now=NOW, actor="x")
    move_pieces(session, second.id, 5, reason=ADJUST, note="found", now=NOW, actor="x")

    session.refresh(first)
    session.refresh(second)
    assert first.counted_at == NOW
    assert second.counted_at is None


@pytest.mark.parametrize("pieces", [0, LARGEST + 1, -LARGEST - 1])
def test_no_pieces_and_too_many_are_refused(session: Session, pieces: int) -> None:
    item = make.stock_item(session, "A", 1)

    with pytest.raises(ValueError, match="Between 1 and"):
        move_pieces(session, item.id, pieces, reason=ADJUST, note="x", now=NOW, actor="x")
