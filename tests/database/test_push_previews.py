"""A dry run is kept, bounded, the most telling lines first; how far a new site is, on both databases."""

import pytest
from sqlalchemy import Engine

from platforms.base import StockKeeping
from tests import factories as make
from webapp.backoffice.goods.availability import ListingQuantity, Quantity
from webapp.backoffice.goods.push_previews import (
    FAILURES_KEPT,
    LINES_KEPT,
    keep_preview,
    let_pushes_go,
    read_preview,
)
from webapp.backoffice.goods.pushing import plan_push
from webapp.backoffice.setup.starting import Step, open_orders, progress_of, record_said, start_site
from webapp.backoffice.sites.asked import AskedKind, ask
from webapp.backoffice.sites.asked_news import news_of
from webapp.database import reading, writing
from webapp.models.sites import Site
from webapp.models.stock import Reservation


def quantity(number: int, shown: int | None, wanted: int | None) -> ListingQuantity:
    return ListingQuantity(
        listing_id=number,
        key=str(number),
        sku=f"SKU-{number}",
        name=f"Thing {number}",
        stock_keeping=StockKeeping.OWN,
        store_quantity=shown,
        quantity=Quantity(wanted, uncounted=() if wanted is not None else (f"SKU-{number}",)),
    )


def new_site(engine: Engine) -> int:
    with writing(engine) as session:
        return make.site(session, enabled=False, push_seen_at=None).id


def keep(engine: Engine, site_id: int, quantities: list[ListingQuantity]) -> None:
    with writing(engine) as session:
        keep_preview(
            session,
            site_id,
            plan_push(quantities, send_all=False),
            run_id=7,
            pulled=3,
            actor="mei",
            now=make.NOW,
        )


def test_a_long_dry_run_keeps_its_most_telling_lines_and_counts_them_all(engine: Engine) -> None:
    site_id = new_site(engine)
    many = [quantity(number, 10, 11) for number in range(1, LINES_KEPT + 200)]
    uncounted = [quantity(5000 + number, 10, None) for number in range(FAILURES_KEPT + 5)]

    keep(engine, site_id, [*many, *uncounted, quantity(9001, 4, 0), quantity(9002, 10, 90)])

    with reading(engine) as session:
        preview = read_preview(session, site_id)
    assert preview is not None
    assert (preview.sends, len(preview.lines)) == (LINES_KEPT + 201, LINES_KEPT)
    assert (preview.failed, len(preview.failures)) == (FAILURES_KEPT + 5, FAILURES_KEPT)
    assert [line.listing_id for line in preview.lines[:2]] == ["9001", "9002"]
    assert preview.emptied == 1


def test_a_newer_dry_run_takes_the_place_of_the_one_before(engine: Engine) -> None:
    site_id = new_site(engine)

    keep(engine, site_id, [quantity(1, 5, 6)])
    keep(engine, site_id, [quantity(1, 6, 6)])

    with reading(engine) as session:
        preview = read_preview(session, site_id)
    assert preview is not None
    assert (preview.sends, preview.lines) == (0, ())


def test_a_listings_name_is_read_with_its_line(engine: Engine) -> None:
    site_id = new_site(engine)
    with writing(engine) as session:
        make.listing(session, session.get_one(Site, site_id), "1", name="Batik mug")

    keep(engine, site_id, [quantity(1, None, 6)])

    with reading(engine) as session:
        preview = read_preview(session, site_id)
    assert preview is not None
    assert (preview.lines[0].name, preview.lines[0].shown) == ("Batik mug", None)


def test_a_new_site_is_as_far_as_its_facts_say(engine: Engine) -> None:
    site_id = new_site(engine)
    with writing(engine) as session:
        site = session.get_one(Site, site_id)
        before = progress_of(session, site)
        site.last_catalogue_at = make.NOW
        make.listing(session, site, "1", sku="TEE")
        make.stock_item(session, "TEE", 5)
        record_said(session, site, now=make.NOW, actor="mei", after={"shelf": "adopt"})
        session.flush()
        after = progress_of(session, site)

    assert before.now is Step.TEST
    assert after.done == {Step.CONNECT, Step.TEST, Step.CATALOGUE}
    assert (after.listings, after.unmapped, after.same_sku) == (1, 1, 1)
    assert after.said is not None
    assert after.said.shelf == "adopt"
    assert after.now is Step.MAP


def test_a_started_site_pulls_and_pushes_at_once(engine: Engine) -> None:
    site_id = new_site(engine)
    with writing(engine) as session:
        start_site(session, session.get_one(Site, site_id), now=make.NOW, actor="mei")

    with reading(engine) as session:
        site = session.get_one(Site, site_id)
    assert (site.enabled, site.push_seen_at) == (True, make.NOW)
    assert (site.next_pull_at, site.next_push_at) == (make.NOW, make.NOW)


def test_a_site_that_never_pushes_by_itself_is_given_no_push(engine: Engine) -> None:
    with writing(engine) as session:
        site = make.site(session, push_every=None, next_push_at=None, push_seen_at=None)
        let_pushes_go(session, site, now=make.NOW, actor="mei")

        assert site.next_push_at is None


def test_open_orders_are_those_that_hold_pieces_on_the_shelf(engine: Engine) -> None:
    with writing(engine) as session:
        site, other = make.site(session), make.site(session)
        item = make.stock_item(session, "TEE", 9)
        for each, pieces in ((site, 2), (site, 3), (other, 4)):
            order = make.order(session, each)
            session.add(
                Reservation(channel_order_id=order.id, stock_item_id=item.id, quantity=pieces)
            )
        session.flush()

        found = open_orders(session, site.id)

    assert (found.orders, found.pieces) == (2, 5)


@pytest.mark.parametrize("kind", [AskedKind.DRY_RUN, AskedKind.CATALOGUE])
def test_what_was_asked_and_not_begun_waits(engine: Engine, kind: AskedKind) -> None:
    site_id = new_site(engine)
    with writing(engine) as session:
        ask(session, site_id, kind, {}, actor="mei", now=make.NOW)

    with reading(engine) as session:
        news = news_of(session, site_id)[kind]
    assert (news.is_open, news.is_begun, news.has_failed, news.actor) == (True, False, False, "mei")
