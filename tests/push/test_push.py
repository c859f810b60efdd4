"""Quantities go out over a real socket: only differences, outcome per listing, sales first."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, select, update

from jobs.catalogue import pull_catalogue
from jobs.push import PushHeld, PushReport, push_site
from jobs.runtime import Runtime
from platforms.errors import PlatformError, SiteRefused
from platforms.sandbox.woocommerce import Sandbox, Sold, open_sandbox
from tests import factories as make
from webapp.backoffice.goods.mapping import auto_map
from webapp.backoffice.orders.shipping import ship
from webapp.database import reading, writing
from webapp.models.catalogue import Listing
from webapp.models.orders import ChannelOrder
from webapp.models.sites import Site, SyncRun
from webapp.models.stock import StockItem


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with open_sandbox(orders=0) as sandbox:
        yield sandbox


def runtime(engine: Engine) -> Runtime:
    return Runtime(engine=engine, allow_private_stores=True)


def connect(engine: Engine, sandbox: Sandbox, **given: object) -> int:
    """The shop as a site, its catalogue pulled, every SKU mapped; stock as the shop shows it."""
    with writing(engine) as session:
        site = make.wired_site(
            session,
            name="main",
            url=sandbox.url,
            credentials=dict(sandbox.credentials),
            **given,
        )
    pull_catalogue(runtime(engine), site.id)
    with writing(engine) as session:
        for row in session.scalars(select(Listing).where(Listing.sku != "").order_by(Listing.id)):
            make.stock_item(session, row.sku, row.store_quantity or 0)
        auto_map(session, session.get_one(Site, site.id), now=make.NOW, actor=None)
    return site.id


def set_on_hand(engine: Engine, sku: str, on_hand: int | None) -> None:
    """Another count of a stock item; None: it was never counted."""
    with writing(engine) as session:
        values = {"on_hand": on_hand} if on_hand is not None else {"counted_at": None}
        session.execute(update(StockItem).where(StockItem.sku == sku).values(**values))


def push(engine: Engine, site_id: int, **given: bool) -> PushReport:
    return push_site(runtime(engine), site_id, actor="op", **given)


def shown(sandbox: Sandbox, sku: str) -> int | None:
    quantity: int | None = sandbox.store.product(sku)["stock_quantity"]
    return quantity


def failures(report: PushReport) -> set[tuple[str, str]]:
    return {(failure.sku, failure.code) for failure in report.failures}


def listing(engine: Engine, sku: str) -> Listing:
    with reading(engine) as session:
        return session.scalars(select(Listing).where(Listing.sku == sku)).one()


TOLD_WHEN_SHIPPED = {
    "import_statuses": ["processing", "completed"],
    "on_shipped_set_status": "completed",
}
UNMANAGED = {("PANEL-BATIK", "stock_not_managed"), ("GIFTCARD-50", "stock_not_managed")}


def test_only_what_differs_is_sent_and_confirmed(engine: Engine, sandbox: Sandbox) -> None:
    site_id = connect(engine, sandbox)
    set_on_hand(engine, "CANDLE-PANDAN", 41)
    set_on_hand(engine, "TEE-RED-M", 7)
    sandbox.log.requests.clear()

    report = push(engine, site_id)

    assert (report.changed, report.sent, report.confirmed) == (2, 2, 2)
    assert (shown(sandbox, "CANDLE-PANDAN"), shown(sandbox, "TEE-RED-M")) == (41, 7)
    assert report.requests == 2
    assert failures(report) == UNMANAGED
    row = listing(engine, "CANDLE-PANDAN")
    assert (row.store_quantity, row.pushed_quantity, row.push_result) == (41, 41, "confirmed")


def test_a_second_push_sends_nothing(engine: Engine, sandbox: Sandbox) -> None:
    site_id = connect(engine, sandbox)
    set_on_hand(engine, "CANDLE-PANDAN", 41)
    push(engine, site_id)

    report = push(engine, site_id)

    assert (report.changed, report.sent, report.requests) == (0, 0, 0)


def test_all_sends_every_mapped_listing(engine: Engine, sandbox: Sandbox) -> None:
    site_id = connect(engine, sandbox)

    report = push(engine, site_id, all_=True)

    assert report.sent == report.listings
    assert report.confirmed == report.listings - 2
    assert failures(report) == UNMANAGED


def test_a_dry_run_says_what_it_would_send_and_sends_nothing(
    engine: Engine, sandbox: Sandbox
) -> None:
    site_id = connect(engine, sandbox)
    before = shown(sandbox, "CANDLE-PANDAN")
    set_on_hand(engine, "CANDLE-PANDAN", 41)

    report = push(engine, site_id, dry_run=True)

    [would] = report.would_send
    assert (would.sku, would.shown, would.wanted) == ("CANDLE-PANDAN", before, 41)
    assert (report.sent, report.requests) == (0, 0)
    assert shown(sandbox, "CANDLE-PANDAN") == before
    with reading(engine) as session:
        assert session.get_one(Site, site_id).last_push_at is None


def test_a_sale_that_was_not_seen_yet_is_never_overwritten(
    engine: Engine, sandbox: Sandbox
) -> None:
    site_id = connect(engine, sandbox)
    before = shown(sandbox, "CANDLE-PANDAN")
    assert before is not None
    sandbox.store.place_order(lines=[Sold(product="CANDLE-PANDAN", quantity=2)])

    report = push(engine, site_id)

    assert report.pulled == 1
    assert shown(sandbox, "CANDLE-PANDAN") == before - 2


def test_what_was_never_counted_is_not_pushed_as_zero(engine: Engine, sandbox: Sandbox) -> None:
    site_id = connect(engine, sandbox)
    set_on_hand(engine, "CANDLE-PANDAN", None)
    before = shown(sandbox, "CANDLE-PANDAN")

    report = push(engine, site_id, all_=True)

    assert ("CANDLE-PANDAN", "not_counted") in failures(report)
    assert shown(sandbox, "CANDLE-PANDAN") == before


def test_a_product_whose_stock_the_store_stopped_managing_is_a_silent_no_op_that_shows(
    engine: Engine, sandbox: Sandbox
) -> None:
    site_id = connect(engine, sandbox)
    product = sandbox.store.product("CANDLE-PANDAN")["id"]
    sandbox.store.products[product].manage_stock = False
    set_on_hand(engine, "CANDLE-PANDAN", 41)

    report = push(engine, site_id)

    assert (report.sent, report.confirmed) == (1, 0)
    assert ("CANDLE-PANDAN", "stock_not_managed") in failures(report)
    assert push(engine, site_id).sent == 0


def test_one_refused_item_in_a_batch_is_named_and_the_rest_land(
    engine: Engine, sandbox: Sandbox
) -> None:
    site_id = connect(engine, sandbox)
    sandbox.store.delete_product("CANDLE-PANDAN")
    set_on_hand(engine, "CANDLE-PANDAN", 41)
    set_on_hand(engine, "MUG-TEHTARIK", 42)

    report = push(engine, site_id)

    assert (report.sent, report.confirmed) == (2, 1)
    assert ("CANDLE-PANDAN", "store_refused") in failures(report)
    assert shown(sandbox, "MUG-TEHTARIK") == 42
    assert listing(engine, "CANDLE-PANDAN").push_result == "refused"


def test_an_answer_that_was_lost_is_read_back(engine: Engine, sandbox: Sandbox) -> None:
    site_id = connect(engine, sandbox)
    set_on_hand(engine, "CANDLE-PANDAN", 41)
    sandbox.faults.once("lost", method="POST")

    report = push(engine, site_id)

    assert (report.sent, report.confirmed) == (1, 1)
    assert shown(sandbox, "CANDLE-PANDAN") == 41


def test_a_store_that_breaks_off_keeps_what_was_confirmed(engine: Engine, sandbox: Sandbox) -> None:
    site_id = connect(engine, sandbox)
    set_on_hand(engine, "CANDLE-PANDAN", 41)
    set_on_hand(engine, "TEE-RED-M", 7)
    sandbox.faults.once("429", "7", method="POST", skip=1)

    with pytest.raises(PlatformError):
        push(engine, site_id)

    with reading(engine) as session:
        run = session.scalars(select(SyncRun).order_by(SyncRun.id)).all()[-2]
        site = session.get_one(Site, site_id)
    runs = {run.kind: run}
    assert runs["push"].counts["confirmed"] == 1
    assert runs["push"].code == "store_rate_limited"
    assert site.next_push_at is not None
    assert site.lease_until is None
    rest = push(engine, site_id)
    assert (rest.changed, rest.confirmed) == (1, 1)


def test_a_push_brings_the_news_of_deliveries_that_the_store_missed(
    engine: Engine, sandbox: Sandbox
) -> None:
    site_id = connect(engine, sandbox, automation=TOLD_WHEN_SHIPPED)
    number = sandbox.store.place_order(lines=[Sold(product="CANDLE-PANDAN")])
    push(engine, site_id)
    with writing(engine) as session:
        order_id = session.scalars(select(ChannelOrder.id)).one()
        site = session.get_one(Site, site_id)
        ship(session, site, order_id, carrier="", tracking="", actor="op", now=make.NOW)

    report = push(engine, site_id)

    assert report.told == 1
    assert sandbox.store.order(number)["status"] == "completed"


def test_a_refused_key_stops_the_site(engine: Engine, sandbox: Sandbox) -> None:
    site_id = connect(engine, sandbox)
    with writing(engine) as session:
        site = session.get_one(Site, site_id)
        site.credentials = {**site.credentials, "consumer_secret": "cs_" + "0" * 40}

    with pytest.raises(SiteRefused):
        push(engine, site_id)

    with reading(engine) as session:
        assert session.get_one(Site, site_id).stopped_code == "store_refused_credentials"


def test_a_site_made_in_the_admin_pushes_after_its_dry_run_was_seen(
    engine: Engine, sandbox: Sandbox
) -> None:
    site_id = connect(engine, sandbox, push_seen_at=None)
    set_on_hand(engine, "CANDLE-PANDAN", 41)

    with pytest.raises(PushHeld, match="first push") as caught:
        push(engine, site_id)
    assert "--dry-run" in caught.value.next_step
    push(engine, site_id, dry_run=True)

    assert push(engine, site_id).confirmed == 1


def test_a_scheduled_push_that_would_empty_the_store_asks_first(engine: Engine) -> None:
    with open_sandbox(orders=0, products=40) as sandbox:
        site_id = connect(engine, sandbox)
        with writing(engine) as session:
            session.execute(update(StockItem).values(on_hand=0))
        sandbox.log.requests.clear()

        with pytest.raises(PushHeld, match="to 0, so nothing was sent"):
            push(engine, site_id, scheduled=True)

        assert not [each for each in sandbox.log.requests if each.method == "POST"]
        with reading(engine) as session:
            run = session.scalars(select(SyncRun).where(SyncRun.kind == "push")).one()
        assert run.code == "push_held"
        with pytest.raises(PushHeld):
            push(engine, site_id, scheduled=True)
        push(engine, site_id, dry_run=True)
        assert push(engine, site_id).confirmed > 40


@pytest.mark.slow
def test_a_thousand_simple_products_are_pushed_in_ten_requests(engine: Engine) -> None:
    with open_sandbox(orders=0, products=1000) as sandbox:
        site_id = connect(engine, sandbox)
        with writing(engine) as session:
            session.execute(update(StockItem).where(StockItem.sku.like("HOME-%")).values(on_hand=3))

        report = push(engine, site_id)

        assert report.changed == report.sent == report.confirmed
        assert report.requests == -(-report.sent // 100)
        assert report.sent > 900
