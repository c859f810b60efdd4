"""A new site's start: its steps, what no default can know, the dry run, and the one button."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, func, select

from jobs.asked import do_asked
from platforms.errors import PlatformError
from platforms.sandbox.woocommerce import Sandbox, open_sandbox
from tests import factories as make
from tests.admin.conftest import AsRole
from tests.admin.shop import Shop
from tests.admin.test_connecting_a_store import connect, site_named
from tests.admin.visitor import Visitor
from tests.stores import runtime_of
from webapp.backoffice.goods.mapping import auto_map
from webapp.backoffice.goods.push_previews import read_preview
from webapp.backoffice.sites.asked import AskedKind
from webapp.backoffice.sites.asked_news import news_of
from webapp.database import reading, writing
from webapp.models.catalogue import Listing
from webapp.models.journal import JournalEntry
from webapp.models.orders import ChannelOrder
from webapp.models.sites import Site
from webapp.models.stock import StockItem

BEGIN = "2026-01-01T00:00"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with open_sandbox(orders=30) as sandbox:
        yield sandbox


@pytest.fixture
def studio(as_role: AsRole, shop: Shop, shop_engine: Engine, sandbox: Sandbox) -> int:
    """A store that was just connected in the admin."""
    connect(as_role("operator"), sandbox)
    site = site_named(shop_engine)
    assert site is not None
    return site.id


def work(engine: Engine, site_id: int) -> None:
    """What a worker does of what was asked for."""
    do_asked(runtime_of(engine), site_id)


def with_mapped_catalogue(person: Visitor, engine: Engine, site_id: int) -> None:
    """The catalogue read by a worker; each SKU is a stock item, never counted."""
    person.post(f"/sites/{site_id}/start/catalogue")
    work(engine, site_id)
    with writing(engine) as session:
        known = set(session.scalars(select(StockItem.sku)))
        rows = session.scalars(select(Listing).where(Listing.site_id == site_id, Listing.sku != ""))
        for row in rows.all():
            if row.sku not in known:
                make.stock_item(session, row.sku, 0).counted_at = None
                known.add(row.sku)
        auto_map(session, session.get_one(Site, site_id), now=make.NOW, actor=None)


def answered(person: Visitor, site_id: int, **changes: str) -> int:
    fields = {"orders_from": BEGIN, "shelf": "adopt", "stock_from": "", **changes}
    return person.post(f"/sites/{site_id}/start/dates", **fields).status_code


def run_shown(page: str) -> str:
    found = re.search(r'name="run" value="(\d*)"', page)
    assert found is not None
    return found[1]


def test_the_catalogue_is_read_by_a_worker_and_the_page_says_how_far_it_is(
    as_role: AsRole, shop_engine: Engine, studio: int
) -> None:
    person = as_role("operator")

    answer = person.post(f"/sites/{studio}/start/catalogue")

    assert answer.headers["Location"] == f"/sites/{studio}/"
    waiting = person.get(f"/sites/{studio}/").text
    assert "waits for a worker" in waiting
    assert "No worker is running" in waiting
    assert 'hx-trigger="every 2s"' in waiting
    work(shop_engine, studio)
    done = person.get(f"/sites/{studio}/start/steps").text
    assert "3 of 6 steps done" in done
    assert 'hx-trigger="every 2s"' not in done


def test_a_catalogue_that_came_to_nothing_says_why(
    as_role: AsRole, shop_engine: Engine, studio: int, sandbox: Sandbox
) -> None:
    person = as_role("operator")
    person.post(f"/sites/{studio}/start/catalogue")
    with sandbox.unplugged(), pytest.raises(PlatformError):
        work(shop_engine, studio)

    page = person.get(f"/sites/{studio}/start/steps").text

    assert "It is tried again" in page


def test_the_first_dry_run_waits_for_the_dates(
    as_role: AsRole, shop_engine: Engine, studio: int
) -> None:
    person = as_role("operator")

    person.post(f"/sites/{studio}/start/look")

    with reading(shop_engine) as session:
        assert AskedKind.DRY_RUN not in news_of(session, studio)
    assert "Say from when the books and the stock are" in person.toast()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"orders_from": "some day"}, "orders_from"),
        ({"shelf": "counted", "stock_from": ""}, "stock_from"),
        ({"shelf": ""}, "shelf"),
    ],
)
def test_an_answer_that_makes_no_sense_is_refused_beside_its_field(
    as_role: AsRole, shop_engine: Engine, studio: int, changes: dict[str, str], field: str
) -> None:
    fields = {"orders_from": BEGIN, "shelf": "all", "stock_from": "", **changes}

    answer = as_role("operator").post(f"/sites/{studio}/start/dates", **fields)

    assert answer.status_code == 422
    assert f'id="e-{field}"' in answer.text


def test_dates_are_taken_in_the_sites_time_zone(
    as_role: AsRole, shop_engine: Engine, studio: int
) -> None:
    status = answered(as_role("operator"), studio, shelf="counted", stock_from="2026-11-01T09:00")

    assert status == 303
    site = site_named(shop_engine)
    assert site is not None
    assert site.orders_from == datetime(2025, 12, 31, 16, tzinfo=UTC)
    assert site.stock_from == datetime(2026, 11, 1, 1, tzinfo=UTC)


def test_a_bookkeeper_says_who_owes_the_tax_and_an_operator_may_not(
    as_role: AsRole, shop_engine: Engine, studio: int
) -> None:
    path = f"/sites/{studio}/start/tax"

    assert as_role("operator").post(path, tax_collected_by="marketplace").status_code == 403
    assert as_role("bookkeeper").post(path, tax_collected_by="marketplace").status_code == 303
    assert as_role("bookkeeper").post(path, tax_collected_by="nobody").status_code == 422

    site = site_named(shop_engine)
    assert site is not None
    assert site.posting["tax_collected_by"] == "marketplace"


def test_a_registered_marketplace_seller_says_the_rate_in_the_prices(
    as_role: AsRole, shop: Shop, shop_engine: Engine
) -> None:
    with writing(shop_engine) as session:
        market = make.site(
            session, name="market", platform="shopee", enabled=False, push_seen_at=None
        ).id
    person = as_role("bookkeeper")
    path = f"/sites/{market}/start/tax"
    assert "With 0 no output tax is booked at all." in person.get(f"/sites/{market}/start/").text

    answer = person.post(path, tax_collected_by="seller", included_tax_rate="6 %")
    refused = person.post(path, tax_collected_by="seller", included_tax_rate="six")

    site = site_named(shop_engine, "market")
    assert site is not None
    assert answer.status_code == 303
    assert (site.posting["tax_collected_by"], site.posting["included_tax_rate"]) == ("seller", "6")
    assert refused.status_code == 422
    assert 'id="e-included_tax_rate"' in refused.text


def test_the_dry_run_shows_what_would_change_and_lets_nothing_go(
    as_role: AsRole, shop_engine: Engine, studio: int, sandbox: Sandbox
) -> None:
    person = as_role("operator")
    with_mapped_catalogue(person, shop_engine, studio)
    answered(person, studio)
    person.post(f"/sites/{studio}/start/look")
    work(shop_engine, studio)
    as_role("merchandiser").post(f"/sites/{studio}/start/adopt")
    work(shop_engine, studio)
    with writing(shop_engine) as session:
        row = session.scalars(
            select(StockItem)
            .join(Listing, Listing.sku == StockItem.sku)
            .where(Listing.site_id == studio, Listing.store_quantity > 3)
            .limit(1)
        ).one()
        row.on_hand -= 2
        sku = row.sku
    person.post(f"/sites/{studio}/start/look")
    work(shop_engine, studio)

    page = person.get(f"/sites/{studio}/start/").text

    with reading(shop_engine) as session:
        preview = read_preview(session, studio)
        site = session.get_one(Site, studio)
        orders = session.scalar(
            select(func.count()).select_from(ChannelOrder).where(ChannelOrder.site_id == studio)
        )
    assert preview is not None
    assert [(each.sku, each.wanted - (each.shown or 0)) for each in preview.lines] == [(sku, -2)]
    assert preview.actor == "mei@rimba.example"
    assert preview.lines[0].name in page
    assert site.push_seen_at is None
    assert not site.enabled
    assert orders
    assert "still to be packed" in page


def test_nothing_of_an_unwired_site_posts_before_it_is_started(
    as_role: AsRole, shop_engine: Engine, studio: int
) -> None:
    person = as_role("operator")
    with_mapped_catalogue(person, shop_engine, studio)
    answered(person, studio)
    person.post(f"/sites/{studio}/start/look")
    work(shop_engine, studio)

    with reading(shop_engine) as session:
        posted = select(func.count()).select_from(JournalEntry)
        assert session.scalar(posted.where(JournalEntry.site_id == studio)) == 0


def test_start_goes_with_the_dry_run_that_the_person_saw(
    as_role: AsRole, shop_engine: Engine, studio: int
) -> None:
    person = as_role("operator")
    with_mapped_catalogue(person, shop_engine, studio)
    answered(person, studio)
    person.post(f"/sites/{studio}/start/go", run="")
    person.post(f"/sites/{studio}/start/look")
    work(shop_engine, studio)
    seen = run_shown(person.get(f"/sites/{studio}/start/").text)
    person.post(f"/sites/{studio}/start/look")
    work(shop_engine, studio)

    person.post(f"/sites/{studio}/start/go", run=seen)
    before = site_named(shop_engine)
    newest = run_shown(person.get(f"/sites/{studio}/start/").text)
    person.post(f"/sites/{studio}/start/go", run=newest)

    after = site_named(shop_engine)
    assert before is not None
    assert after is not None
    assert (before.enabled, before.push_seen_at) == (False, None)
    assert after.enabled
    assert after.push_seen_at is not None
    assert after.next_push_at is not None
    assert "Until it runs by itself" not in person.get(f"/sites/{studio}/").text


def test_dates_changed_after_the_look_are_looked_at_again(
    as_role: AsRole, shop_engine: Engine, studio: int
) -> None:
    person = as_role("operator")
    with_mapped_catalogue(person, shop_engine, studio)
    answered(person, studio)
    person.post(f"/sites/{studio}/start/look")
    work(shop_engine, studio)
    answered(person, studio, orders_from="2026-02-01T00:00", shelf="all")

    page = person.get(f"/sites/{studio}/start/").text
    person.post(f"/sites/{studio}/start/go", run=run_shown(page))

    site = site_named(shop_engine)
    assert "The dates were changed since." in page
    assert site is not None
    assert not site.enabled


def test_a_push_that_was_held_goes_out_as_a_persons_push(
    as_role: AsRole, shop_engine: Engine, studio: int
) -> None:
    person = as_role("operator")
    with_mapped_catalogue(person, shop_engine, studio)
    with writing(shop_engine) as session:
        site = session.get_one(Site, studio)
        site.enabled, site.push_held_at = True, make.NOW
        site.push_held_message = "It would have emptied the store."
    person.post(f"/sites/{studio}/start/look")
    work(shop_engine, studio)
    page = person.get(f"/sites/{studio}/start/").text

    person.post(f"/sites/{studio}/start/go", run=run_shown(page))
    work(shop_engine, studio)

    pushed = site_named(shop_engine)
    assert "Push, and let pushes go" in page
    assert pushed is not None
    assert (pushed.push_held_at, pushed.last_push_at is None) == (None, False)


def test_resuming_does_not_go_around_the_start(
    as_role: AsRole, shop_engine: Engine, studio: int
) -> None:
    answer = as_role("operator").post(f"/sites/{studio}/resume")

    site = site_named(shop_engine)
    assert answer.headers["Location"] == f"/sites/{studio}/start/"
    assert site is not None
    assert not site.enabled


def test_taking_over_the_stores_numbers_is_shown_before_it_is_done(
    as_role: AsRole, shop_engine: Engine, studio: int
) -> None:
    person = as_role("merchandiser")
    with_mapped_catalogue(as_role("operator"), shop_engine, studio)

    page = person.get(f"/sites/{studio}/start/?adopt=show").text

    assert "would move so that available is what the store shows" in page
    with reading(shop_engine) as session:
        items = select(StockItem).join(Listing, Listing.sku == StockItem.sku)
        rows = session.scalars(items.where(Listing.site_id == studio)).all()
    assert rows
    assert all(row.counted_at is None for row in rows)


def test_a_running_site_whose_pushes_wait_is_looked_at_and_let_go(
    as_role: AsRole, shop: Shop, shop_engine: Engine
) -> None:
    person = as_role("operator")

    assert "Look at the next push" in person.get(f"/sites/{shop.second_site}/").text
    page = person.get(f"/sites/{shop.second_site}/start/").text

    assert "Let pushes go" in page
    assert "1. From when?" not in page
