"""Buyers are found by beginnings, handed out and emptied for good."""

from datetime import datetime, timedelta

from sqlalchemy import Engine, event, insert, select
from sqlalchemy.orm import Session

from platforms.base import RemoteAddress
from tests import factories as make
from webapp.backoffice.people.buyers import (
    buyer_row,
    empty_old,
    erase_buyer,
    export_buyer,
    find_buyers,
)
from webapp.database import reading, writing
from webapp.models.audit import AuditEntry
from webapp.models.orders import ChannelOrder, OrderBuyer


def stored_buyer(session: Session, **given: object) -> int:
    order = make.order(session, make.site(session))
    make.buyer(session, order, **buyer_row(make.remote_buyer(**given)))
    return order.id


def found(session: Session, text: str) -> list[int]:
    return [order.order_id for order in find_buyers(session, text)]


def test_a_buyer_is_found_by_the_beginning_of_any_word_of_the_name(session: Session) -> None:
    order_id = stored_buyer(session)

    assert found(session, "sit") == [order_id]
    assert found(session, "AHM") == [order_id]
    assert found(session, "ahmad siti") == [order_id]
    assert found(session, "iti") == []
    assert found(session, "siti zulk") == []


def test_a_buyer_is_found_by_e_mail_and_by_phone_as_people_type_them(session: Session) -> None:
    order_id = stored_buyer(session)

    assert found(session, "Siti@Exam") == [order_id]
    assert found(session, "+60 12 345") == [order_id]
    assert found(session, "60123456789") == [order_id]
    assert found(session, "345") == []


def test_a_name_is_found_whatever_its_case_and_composition(session: Session) -> None:
    order_id = stored_buyer(
        session, billing=RemoteAddress(first_name="Zoe\u0301", last_name="STRAẞE")
    )

    assert found(session, "zoé") == [order_id]
    assert found(session, "strass") == [order_id]


def test_a_blank_search_finds_nobody(session: Session) -> None:
    stored_buyer(session)

    assert found(session, "  ") == []
    assert found(session, "%") == []


def test_an_erased_buyer_is_nowhere_and_is_counted_once(session: Session, now: datetime) -> None:
    order_id = stored_buyer(session, free_text={"meta_data.gift_message": "for Mum"})

    assert erase_buyer(session, [order_id], why="request", actor="op@example.com", now=now) == 1
    assert erase_buyer(session, [order_id], why="request", actor="op@example.com", now=now) == 0

    exported = export_buyer(session, order_id)
    assert exported is not None
    assert exported["emptied_why"] == "request"
    assert not any(exported[key] for key in ("name", "email", "phone", "billing", "note", "other"))
    assert found(session, "siti") == []
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.before, entry.after) == (None, {"why": "request"})


def test_an_order_without_a_buyer_row_is_closed_to_later_ones(
    session: Session, now: datetime
) -> None:
    order = make.order(session, make.site(session))

    assert erase_buyer(session, [order.id], why="request", actor=None, now=now) == 1

    assert session.get_one(OrderBuyer, order.id).emptied_at == now


def test_only_buyers_of_orders_that_ended_long_ago_are_emptied(
    session: Session, now: datetime
) -> None:
    site = make.site(session, buyer_days=30)
    old, fresh = now - timedelta(days=31), now - timedelta(days=29)
    ended, open_, recent = (
        make.order(session, site, ordered_at=at, remote_modified_at=at) for at in (old, old, fresh)
    )
    make.retail_order(session, ended, status="complete", shipped_at=old)
    make.retail_order(session, open_, status="active")
    make.retail_order(session, recent, status="complete", shipped_at=fresh)
    for order in (ended, open_, recent):
        make.buyer(session, order, **buyer_row(make.remote_buyer()))

    assert empty_old(session, now) == 1
    assert empty_old(session, now) == 0

    assert set(found(session, "siti")) == {open_.id, recent.id}


def test_a_search_reads_its_indexes_and_not_every_buyer(engine: Engine) -> None:
    with writing(engine) as session:
        stored_buyer(session)
        _crowd(session, 3_000)
    with engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")

    for text in ("siti", "siti ahmad", "siti@", "+60 12"):
        plan = _plan_of_search(engine, text)

        assert "ix_order_buyers_" in plan, text
        assert "SCAN order_buyers" not in plan, text
        assert "Seq Scan on order_buyers" not in plan, text


def _plan_of_search(engine: Engine, text: str) -> str:
    asked: list[tuple[str, object]] = []

    def note(connection, cursor, statement, parameters, context, executemany) -> None:  # type: ignore[no-untyped-def]
        asked.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    with reading(engine) as session:
        assert len(find_buyers(session, text)) == 1
    event.remove(engine, "before_cursor_execute", note)
    statement, parameters = asked[-1]
    prefix = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN "
    with engine.connect() as connection:
        return str(connection.exec_driver_sql(prefix + statement, parameters).all())


def _crowd(session: Session, number: int) -> None:
    """Other buyers, so that the database has a reason to look into its indexes."""
    site = make.site(session)
    first = make.order(session, site)
    columns = list(ChannelOrder.__table__.columns.keys())
    one = {column: getattr(first, column) for column in columns}
    orders = [
        {**one, "id": first.id + n, "remote_id": f"r{n}", "number": f"n{n}"}
        for n in range(1, number + 1)
    ]
    session.execute(insert(ChannelOrder), orders)
    row = buyer_row(
        make.remote_buyer(email="x@y.z", billing=RemoteAddress(first_name="Otto", phone="9"))
    )
    session.execute(
        insert(OrderBuyer), [{**row, "channel_order_id": order["id"]} for order in orders]
    )
