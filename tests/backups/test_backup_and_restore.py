"""A shop put by and put back, on either kind of database, is the same shop, and pushes nothing."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Boolean, Date, Engine, LargeBinary, delete, select, update
from sqlalchemy.exc import DBAPIError

from jobs.push import PushHeld, push_site
from platforms.sandbox.woocommerce import Sandbox, open_sandbox
from tests import factories as make
from tests.backups.copies import Make, all_rows, backed_up, restored
from tests.conftest import NOW
from tests.pull.shops import Shop, connected
from tests.stores import balances, runtime_of, shelf, states, verified
from webapp.backoffice.sites import leases
from webapp.backoffice.sites.pulse import note_beat, note_worker
from webapp.backups.neutral import Kind, kinds_of, stored_tables
from webapp.database import reading, writing
from webapp.models import all_tables
from webapp.models.catalogue import Listing
from webapp.models.journal import JournalEntry
from webapp.models.mapping import Mapping
from webapp.models.schedule import Heartbeat, Worker
from webapp.models.sites import Site
from webapp.models.stock import StockItem
from webapp.models.types import Instant, Secret

KIND_OF = {
    Instant: Kind.INSTANT,
    Date: Kind.DATE,
    Boolean: Kind.TRUTH,
    LargeBinary: Kind.BYTES,
    Secret: Kind.BYTES,
}
KINDS = ("sqlite", "postgresql")
# What a restore changes on purpose: who may push, who works, when a site is due.
MADE_SAFE = {"push_seen_at", "next_pull_at", "lease_until", "lease_holder", "key_lease_until"}


def a_shops_month(engine: Engine, sandbox: Sandbox) -> Shop:
    """Orders of every kind, pulled; a mapping that was replaced; somebody at work."""
    shop = connected(engine, sandbox)
    shop.pull()
    with writing(engine) as session:
        listing = session.scalars(select(Listing).where(Listing.sku == "MUG-TEHTARIK")).one()
        item = session.scalars(select(StockItem).where(StockItem.sku == "CANDLE-PANDAN")).one()
        replaced = session.scalars(select(Mapping).where(Mapping.listing_id == listing.id)).one()
        replaced.is_current = False
        session.flush()
        new = make.mapping(session, listing, item)
        replaced.replaced_by_id, replaced.replaced_how = new.id, "from_now"
        item.name = 'Lilin "Pandan", 8\n\u2028🕯\t\\N'
    return shop


@pytest.mark.parametrize("target", KINDS)
@pytest.mark.parametrize("source", KINDS)
def test_a_restored_shop_is_the_same_shop_and_runs_on(
    source: str, target: str, make_database: Make, tmp_path: Path
) -> None:
    with open_sandbox(orders=25) as sandbox:
        shop = a_shops_month(make_database(source), sandbox)

        manifest = backed_up(shop.engine, tmp_path / "shop.backup")
        copy = restored(tmp_path / "shop.backup", make_database(target))

        leave_out = MADE_SAFE.__contains__
        assert all_rows(copy, leave_out) == all_rows(shop.engine, leave_out)
        assert manifest.counts.orders == 25
        assert manifest.counts.debit == manifest.counts.credit > 0
        again = Shop(copy, sandbox, shop.site_id)
        number = shop.sells()
        shop.store.set_status(int(min(shop.numbers(), key=int)), "cancelled")
        shop.pull()
        again.pull()
        assert again.state(number) == shop.state(number) == ("synced", None)
        assert balances(copy) == balances(shop.engine)
        assert shelf(copy) == shelf(shop.engine)
        assert states(copy) == states(shop.engine)
        assert verified(copy).is_clean


def test_no_site_pushes_after_a_restore_until_a_person_has_seen_its_dry_run(
    database: Engine, make_database: Make, tmp_path: Path
) -> None:
    with open_sandbox(orders=3) as sandbox:
        shop = connected(database, sandbox)
        shop.pull()
        backed_up(database, tmp_path / "shop.backup")
        copy = restored(tmp_path / "shop.backup", make_database(database.dialect.name))
        runtime = runtime_of(copy)

        for scheduled in (True, False):
            with pytest.raises(PushHeld, match="dry run"):
                push_site(runtime, shop.site_id, scheduled=scheduled)
        assert all(each.method == "GET" for each in sandbox.log.requests)

        push_site(runtime, shop.site_id, dry_run=True, actor="op")
        sent = push_site(runtime, shop.site_id, actor="op")
        assert sent.sent > 0


def test_nobody_holds_what_the_processes_of_then_held(
    database: Engine, make_database: Make, tmp_path: Path
) -> None:
    with writing(database) as session:
        site = make.site(session, key_lease_until=NOW)
        leases.claim(session, site.id, NOW)
        note_worker(session, "worker-1", NOW)
        note_beat(session, worker="worker-1", enqueued=1, now=NOW)
    backed_up(database, tmp_path / "shop.backup")

    copy = restored(tmp_path / "shop.backup", make_database(database.dialect.name))

    with reading(copy) as session:
        found = session.get_one(Site, site.id)
        assert (found.lease_until, found.lease_holder, found.key_lease_until) == (None, None, None)
        assert (found.lease_no, found.next_pull_at) == (1, NOW)
        assert session.scalars(select(Worker)).all() == []
        assert session.scalars(select(Heartbeat)).all() == []


def test_what_was_posted_can_still_not_be_changed(
    database: Engine, make_database: Make, tmp_path: Path
) -> None:
    with open_sandbox(orders=3) as sandbox:
        connected(database, sandbox).pull()
    backed_up(database, tmp_path / "shop.backup")

    copy = restored(tmp_path / "shop.backup", make_database(database.dialect.name, empty=True))

    for change in (update(JournalEntry).values(memo="x"), delete(JournalEntry)):
        with pytest.raises(DBAPIError, match="append-only"), writing(copy) as session:
            session.execute(change)


def test_kinds_read_off_a_database_are_those_of_the_models(database: Engine) -> None:
    models: dict[str, Any] = {table.name: table for table in all_tables().sorted_tables}

    with database.connect() as connection:
        read = {table.name: kinds_of(table) for table in stored_tables(connection)}

    assert set(read) == set(models)
    for name, kinds in read.items():
        for column, kind in kinds.items():
            declared = type(models[name].c[column].type)
            assert kind is KIND_OF.get(declared, Kind.PLAIN), f"{name}.{column}"
