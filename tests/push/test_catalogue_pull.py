"""The catalogue comes in over a real socket: what is new, changed, as before and gone."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, select

from jobs.catalogue import CatalogueReport, pull_catalogue
from jobs.runtime import Runtime
from platforms.errors import PlatformError
from platforms.sandbox.woocommerce import Sandbox, open_sandbox
from tests import factories as make
from webapp.database import reading, writing
from webapp.models.catalogue import Listing
from webapp.models.sites import Site, SyncRun


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with open_sandbox(orders=0) as sandbox:
        yield sandbox


def connect(engine: Engine, sandbox: Sandbox) -> int:
    with writing(engine) as session:
        return make.site(session, url=sandbox.url, credentials=dict(sandbox.credentials)).id


def pull(engine: Engine, site_id: int) -> CatalogueReport:
    return pull_catalogue(Runtime(engine=engine, allow_private_stores=True), site_id, actor="op")


def listings(engine: Engine) -> dict[str, Listing]:
    with reading(engine) as session:
        return {row.sku or row.key: row for row in session.scalars(select(Listing))}


def counts(report: CatalogueReport) -> tuple[int, int, int, int]:
    return report.new, report.changed, report.unchanged, report.gone


def test_every_listing_comes_in_once_with_the_store_s_quantity(
    engine: Engine, sandbox: Sandbox
) -> None:
    site_id = connect(engine, sandbox)

    first = pull(engine, site_id)
    second = pull(engine, site_id)

    found = listings(engine)
    assert first.listings == len(found) == first.new
    assert counts(second) == (0, 0, first.listings, 0)
    assert found["TEE-RED-M"].parent_key == found["TEE-RED-M"].key.partition(":")[0]
    assert found["CANDLE-PANDAN"].store_quantity is not None
    assert found["PANEL-BATIK"].stock_keeping == "none"
    assert found["PANEL-BATIK"].store_quantity is None
    with reading(engine) as session:
        run = session.scalars(select(SyncRun).order_by(SyncRun.id)).all()[-1]
    assert (run.kind, run.actor, run.counts["unchanged"]) == ("catalogue", "op", first.listings)


def test_changes_of_name_sku_and_quantity_are_seen(engine: Engine, sandbox: Sandbox) -> None:
    site_id = connect(engine, sandbox)
    total = pull(engine, site_id).listings
    sandbox.store.set_stock("CANDLE-PANDAN", 77)
    sandbox.store.rename_sku("MUG-TEHTARIK", "MUG-NEW")
    sandbox.store.add_product("Fan", price="9.00", sku="FAN", stock=4)

    report = pull(engine, site_id)

    found = listings(engine)
    assert counts(report) == (1, 2, total - 2, 0)
    assert found["CANDLE-PANDAN"].store_quantity == 77
    assert "MUG-NEW" in found
    assert found["FAN"].store_quantity == 4


def test_a_deleted_product_is_gone_until_it_is_back(engine: Engine, sandbox: Sandbox) -> None:
    site_id = connect(engine, sandbox)
    total = pull(engine, site_id).listings
    sandbox.store.delete_product("CANDLE-PANDAN")

    assert counts(pull(engine, site_id)) == (0, 0, total - 1, 1)
    assert listings(engine)["CANDLE-PANDAN"].is_gone
    assert counts(pull(engine, site_id)) == (0, 0, total - 1, 0)


def test_a_pull_that_broke_off_says_nothing_is_gone(engine: Engine, sandbox: Sandbox) -> None:
    site_id = connect(engine, sandbox)
    pull(engine, site_id)
    sandbox.store.delete_product("CANDLE-PANDAN")
    sandbox.faults.set("503=1.0")

    with pytest.raises(PlatformError):
        pull(engine, site_id)

    assert not listings(engine)["CANDLE-PANDAN"].is_gone
    with reading(engine) as session:
        run = session.scalars(select(SyncRun).order_by(SyncRun.id)).all()[-1]
        site = session.get_one(Site, site_id)
    assert run.code == "store_unreachable"
    assert site.lease_until is None


def test_a_listing_known_from_an_order_becomes_the_catalogue_s(
    engine: Engine, sandbox: Sandbox
) -> None:
    site_id = connect(engine, sandbox)
    key = str(sandbox.store.product("CANDLE-PANDAN")["id"])
    with writing(engine) as session:
        site = session.get_one(Site, site_id)
        make.listing(session, site, key, seen_in_catalogue=False)
        make.listing(session, site, "gone:Old mug", seen_in_catalogue=False, is_gone=True)

    report = pull(engine, site_id)

    assert (report.changed, report.gone) == (1, 0)
    assert listings(engine)["CANDLE-PANDAN"].seen_in_catalogue
