"""Backups taken while a process pulls are each of one moment, and run on to the same end."""

from pathlib import Path

from sqlalchemy import Engine

from platforms.sandbox.woocommerce import Sold, open_sandbox
from tests.backups.copies import Make, backed_up, restored
from tests.pull.pulling import Puller
from tests.pull.shops import Shop, connected
from tests.stores import balances, shelf, states, verified

ORDERS = 400
KEPT = 8


def test_backups_of_a_shop_at_work_are_whole_and_heal_by_pulling(
    database: Engine, make_database: Make, tmp_path: Path, encryption_keys: tuple[str, ...]
) -> None:
    with open_sandbox() as sandbox:
        shop = connected(database, sandbox)
        for _ in range(ORDERS):
            sandbox.store.place_order(lines=[Sold(product="MUG-TEHTARIK")])
        puller = Puller(database, shop.site_id, encryption_keys)
        puller.go()
        halfway = []
        while puller.process.poll() is None:
            path = tmp_path / f"{len(halfway)}.backup"
            counts = backed_up(database, path).counts
            assert counts.debit == counts.credit
            if 0 < counts.orders < ORDERS and len(halfway) < KEPT:
                halfway.append((path, counts))
        assert puller.ended() == ""
        shop.pull()

        path, counts = halfway[len(halfway) // 2]
        copy = restored(path, make_database("sqlite"))

        report = verified(copy)
        assert report.is_clean
        assert (report.orders, report.entries) == (counts.orders, counts.entries)
        Shop(copy, sandbox, shop.site_id).pull()
        assert states(copy) == states(database) == {("synced", None): ORDERS}
        assert shelf(copy) == shelf(database)
        assert balances(copy) == balances(database)
