"""What `books verify` calls clean, and that it finds whatever is not."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import Engine, delete, event, insert, select, update
from sqlalchemy.orm import Session

from platforms.sandbox.woocommerce import open_sandbox
from tests import factories as make
from tests.pull.shops import Shop, connected
from tests.stores import verified
from webapp.backoffice.goods.mapping import map_listing
from webapp.database import make_engine, writing
from webapp.models.catalogue import Listing
from webapp.models.journal import JournalEntry, JournalLine
from webapp.models.orders import ChannelOrder
from webapp.models.stock import Reservation, StockItem, StockMove

MUG = "MUG-TEHTARIK"


def line(session: Session, role: str) -> JournalLine:
    return session.scalars(select(JournalLine).where(JournalLine.role == role)).one()


def test_every_order_of_a_seeded_store_verifies(engine: Engine) -> None:
    with open_sandbox(orders=120) as sandbox:
        shop = connected(engine, sandbox)
        shop.pull()

        report = verified(engine)

        assert report.is_clean
        assert report.orders == 120
        assert report.entries > 120


def test_an_amount_changed_behind_our_back_is_found(shop: Shop) -> None:
    number = shop.sells()
    shop.pull()
    with writing(shop.engine) as session:
        line(session, "sales_revenue").credit = Decimal("99.00")

    report = verified(shop.engine)

    assert len(report.unbalanced) == 1
    assert [each.number for each in report.drifted] == [str(number)]
    assert "sales_revenue -1.00" in report.drifted[0].difference


def test_an_entry_too_many_is_found(shop: Shop) -> None:
    number = shop.sells()
    shop.pull()
    with writing(shop.engine) as session:
        entry = session.scalars(select(JournalEntry)).one()
        again = session.scalar(
            insert(JournalEntry)
            .values(
                site_id=entry.site_id,
                channel_order_id=entry.channel_order_id,
                chapter="sale",
                part="order",
                seq=3,
                posted_on=date(2026, 11, 24),
                currency="MYR",
                memo="Doubled",
                created_at=make.NOW,
            )
            .returning(JournalEntry.id)
        )
        for side in session.scalars(
            select(JournalLine).where(JournalLine.entry_id == entry.id)
        ).all():
            values = {"position": side.position, "role": side.role, "ledger_id": side.ledger_id}
            amounts = {"debit": side.debit, "credit": side.credit, "because": "doubled"}
            session.execute(insert(JournalLine).values(entry_id=again, **values, **amounts))

    report = verified(shop.engine)

    assert report.duplicates == [again]
    assert [each.number for each in report.drifted] == [str(number)]


@pytest.mark.parametrize("what", ["move", "reservation", "on hand", "reserved"])
def test_goods_that_do_not_agree_are_found(shop: Shop, what: str) -> None:
    number = shop.sells()
    shop.sells(payment_method="bacs", status="on-hold")
    shop.pull()
    with writing(shop.engine) as session:
        item = session.scalars(select(StockItem).where(StockItem.sku == MUG)).one()
        order = session.scalars(
            select(ChannelOrder.id).where(ChannelOrder.number == str(number))
        ).one()
        if what == "move":
            moved = {"stock_item_id": item.id, "quantity": -1, "reason": "sale", "at": make.NOW}
            session.execute(insert(StockMove).values(**moved, channel_order_id=order, seq=9))
        elif what == "reservation":
            session.execute(delete(Reservation))
        elif what == "on hand":
            session.execute(update(StockItem).values(on_hand=StockItem.on_hand + 1))
        else:
            session.execute(update(StockItem).values(reserved=StockItem.reserved + 1))

    assert verified(shop.engine).drifted


def test_an_order_due_to_be_planned_again_is_no_drift(shop: Shop) -> None:
    """Its listing was mapped a moment ago; what it holds changes when it is next processed."""
    product = shop.store.add_product("Vase", price="50.00", sku="VASE", stock=9)
    shop.settings(automation={"import_statuses": ["completed"]})
    number = shop.sells("VASE")
    shop.pull()
    with writing(shop.engine) as session:
        listing = session.query(Listing).filter_by(key=str(product)).one()
        item = make.stock_item(session, "VASE", 9)
        map_listing(session, listing, [(item.id, 1)], now=make.NOW, actor="siti")

    before = verified(shop.engine)
    shop.pull()

    assert before.is_clean
    assert shop.state(number) == ("skipped", "not_wanted")
    assert shop.stock("VASE") == (9, 2)
    assert shop.is_clean()


def test_orders_that_change_while_the_books_are_verified_are_no_drift(
    engine: Engine, database_url: str
) -> None:
    """All of it is read as of one moment, while a worker goes on."""
    with open_sandbox() as sandbox:
        shop = connected(engine, sandbox)
        number = shop.sells()
        shop.pull()
        shop.store.advance(60)
        shop.store.edit_line(number, quantity=5, subtotal="250.00", total="250.00")
        worker = make_engine(database_url)
        at_work = Shop(worker, sandbox, shop.site_id)
        pulled = []

        def pulls_once(*said: object) -> None:
            if not pulled and "journal_lines.tax_rate" in str(said[2]):
                pulled.append(at_work.pull())

        event.listen(engine, "after_cursor_execute", pulls_once)
        try:
            report = verified(engine)
        finally:
            event.remove(engine, "after_cursor_execute", pulls_once)
            worker.dispose()

        assert pulled[0].changed == 1
        assert report.is_clean
        assert shop.is_clean()
