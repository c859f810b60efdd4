"""A count reaches the stores within seconds, and not at the next cadence."""

from pathlib import Path

from sqlalchemy import select

from platforms.sandbox.woocommerce import open_sandbox
from tests.queue.floor import Floor, until
from webapp.backoffice.files.sheets import read_sheet_file
from webapp.backoffice.goods.counting import import_stock
from webapp.backoffice.goods.stock_sheet import COLUMNS, NEEDED
from webapp.database import reading, utc_now, writing
from webapp.models.catalogue import Listing

MUG = "MUG-TEHTARIK"


def _shown(floor: Floor, site_id: int) -> int | None:
    with reading(floor.engine) as session:
        return session.scalar(
            select(Listing.store_quantity).where(Listing.site_id == site_id, Listing.sku == MUG)
        )


def _count(floor: Floor, pieces: int) -> None:
    path = Path(floor.home / "count.csv")
    path.write_text(f"sku,on_hand\n{MUG},{pieces}\n")
    with writing(floor.engine) as session:
        sheet = read_sheet_file(path, COLUMNS, needed=NEEDED)
        import_stock(session, sheet, now=utc_now(), actor="siti")


def test_a_count_is_in_the_store_within_seconds(floor: Floor) -> None:
    with open_sandbox() as sandbox:
        site = floor.connect(sandbox, "main", pull_every=3600, push_every=3600)
        floor.start("scheduler")
        floor.start("worker")
        until(lambda: floor.site(site).last_push_at is not None, what="the first push")

        _count(floor, 7)

        until(lambda: _shown(floor, site) == 7, within=10, what="the count in the store")
