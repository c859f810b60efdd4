"""One order, whole: lines with the mapping they were read with, stock, journal, timeline."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from platforms import registry
from platforms.base import StoreTerms
from platforms.woocommerce.fetched import fetched_order
from tests import factories as make
from tests.conftest import NOW
from tests.database.posted import posted
from webapp.backoffice.orders.payloads import pack
from webapp.backoffice.reports.order_view import find_orders, view_order
from webapp.models.orders import ChannelOrder, OrderPayload, SyncEvent
from webapp.models.sites import Site

SAMPLES = Path(__file__).parent.parent / "payloads" / "woocommerce"


def _stored(session: Session, site: Site, sample: str, **given: object) -> ChannelOrder:
    """An order with the payload of a captured response."""
    opened = registry.get("woocommerce").open_order(
        fetched_order((SAMPLES / sample).read_bytes()), StoreTerms()
    )
    order = make.order(
        session, site, number=opened.order.number, remote_id=opened.order.remote_id, **given
    )
    session.add(
        OrderPayload(
            channel_order_id=order.id,
            version=1,
            remote_modified_at=NOW,
            read_at=NOW,
            digest=bytes(32),
            details_digest=bytes(32),
            body=pack(opened.payload),
        )
    )
    session.flush()
    return order


def test_a_processed_order_shows_the_mapping_that_its_lines_were_read_with(
    session: Session,
) -> None:
    site = make.wired_site(session)
    box, ribbon = make.stock_item(session, "BOX", 10), make.stock_item(session, "RIBBON", 10)
    listing = make.listing(session, site, "12:13", sku="GIFT")
    then = make.mapping(session, listing, box, (ribbon, 2), is_current=False)
    make.mapping(session, listing, ribbon)
    order = make.order(session, site)
    make.retail_order(session, order)
    make.retail_line(session, order, listing, 3, then)

    view = view_order(session, order.id, platforms=registry.get)

    (line,) = view.lines
    assert (line.listing_id, line.sku, line.quantity) == ("12:13", "GIFT", 3)
    assert [(piece.sku, piece.quantity) for piece in line.stock] == [("BOX", 3), ("RIBBON", 6)]
    assert line.is_mapped
    assert view.retail_status == "active"


def test_an_order_without_a_retail_order_shows_the_lines_of_its_payload(session: Session) -> None:
    site = make.site(session)
    order = _stored(session, site, "122-order-plain.json", state="blocked", code="unmapped_listing")

    view = view_order(session, order.id, platforms=registry.get)

    assert view.retail_status is None
    assert view.lines
    assert all(not line.is_mapped and line.stock == () for line in view.lines)
    assert "Map the listing" in view.next_step


def test_a_payload_that_makes_no_sense_still_gives_the_order(session: Session) -> None:
    site = make.site(session)
    order = _stored(session, site, "122-order-plain.json")
    payload = session.get_one(OrderPayload, (order.id, 1))
    payload.body = pack(b'{"order": {"id": 1}, "refunds": null}')
    session.flush()

    view = view_order(session, order.id, platforms=registry.get)

    assert view.lines == ()
    assert view.number == order.number


def test_moves_reservations_entries_and_timeline_are_those_of_this_order(session: Session) -> None:
    site = make.wired_site(session)
    item = make.stock_item(session, "TEE", 10)
    order, other = make.order(session, site), make.order(session, site)
    for each, pieces in ((order, -2), (other, -5)):
        make.move(session, item, pieces, reason="sale", channel_order_id=each.id, seq=1)
    make.reservation(session, order, item, 1)
    posted(session, site, [("1150", "10.00", "0"), ("4000", "0", "10.00")], order=order)
    posted(session, site, [("1150", "99.00", "0"), ("4000", "0", "99.00")], order=other)
    session.add(
        SyncEvent(
            channel_order_id=order.id,
            at=NOW,
            from_state="pending",
            to_state="synced",
            message="All its effects are applied.",
            attempt=1,
        )
    )
    session.flush()

    view = view_order(session, order.id, platforms=registry.get)

    assert [(move.sku, move.quantity) for move in view.moves] == [("TEE", -2)]
    assert view.reserved == {"TEE": 1}
    (entry,) = view.entries
    assert (entry.chapter, entry.part, entry.seq, entry.date) == (
        "sale",
        "order",
        1,
        date(2026, 3, 5),
    )
    assert [(side.ledger, side.debit, side.credit, side.because) for side in entry.lines] == [
        ("1150", Decimal(10), Decimal(0), "order.total"),
        ("4000", Decimal(0), Decimal(10), "order.total"),
    ]
    (event,) = view.timeline
    assert (event.from_state, event.to_state) == ("pending", "synced")


def test_a_number_that_several_orders_share_finds_the_newest_first(session: Session) -> None:
    site = make.site(session)
    old = make.order(session, site, number="7", ordered_at=datetime(2026, 1, 1, tzinfo=UTC))
    new = make.order(session, site, number="7", ordered_at=old.ordered_at + timedelta(days=9))

    assert find_orders(session, site.id, "7") == [new.id, old.id]


def test_the_stores_own_id_finds_an_order_that_has_another_number(session: Session) -> None:
    site = make.site(session)
    order = make.order(session, site, number="A-1001", remote_id="57")

    assert find_orders(session, site.id, "57") == [order.id]
    assert find_orders(session, site.id, "58") == []


def test_an_order_that_is_not_there_is_said_so(session: Session) -> None:
    with pytest.raises(NoResultFound):
        view_order(session, 1, platforms=registry.get)
