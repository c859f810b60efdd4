"""One settlement file comes in: stored whole, then applied order by order."""

from dataclasses import dataclass

from jobs.runtime import Runtime, platform_of
from webapp.backoffice.books import settling
from webapp.backoffice.books.settlement_files import SettlementFile
from webapp.backoffice.books.settling import WaitingLine
from webapp.backoffice.goods.mapping_changes import lock_site
from webapp.backoffice.orders.processing import process_stored
from webapp.backoffice.orders.scene import set_scene
from webapp.database import reading, writing
from webapp.models.sites import Site

BATCH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementReport:
    """What became of a file. `unchanged` lines were here before; `unmatched` wait now.

    `ignored` rows settle nothing: transfers to a bank, payments that are not completed.
    """

    rows: int
    posted: int
    unchanged: int
    ignored: int
    unmatched: tuple[WaitingLine, ...]


def import_settlement(
    runtime: Runtime, site_id: int, file: SettlementFile, *, actor: str | None = None
) -> SettlementReport:
    """Store the lines of a file and post them to their orders.

    The lines are stored in one transaction; what was cut off after that goes on when the file
    is imported again, or when an order is processed. ValueError: the file has wrong rows.
    """
    now = runtime.now()
    with writing(runtime.engine) as session:
        lock_site(session, site_id)
        site = session.get_one(Site, site_id)
        stored = settling.store_lines(session, site, file, now=now, actor=actor)
        order_ids = settling.give_to_orders(session, site, stored.waiting)
    for start in range(0, len(order_ids), BATCH):
        with writing(runtime.engine) as session:
            lock_site(session, site_id)
            site = session.get_one(Site, site_id)
            scene = set_scene(session, site, platform_of(site), runtime.now(), actor=actor)
            process_stored(session, scene, order_ids[start : start + BATCH])
        runtime.progress(min(start + BATCH, len(order_ids)), len(order_ids), "orders settled")
    with reading(runtime.engine) as session:
        return SettlementReport(
            rows=file.rows,
            posted=settling.count_posted(session, stored.waiting),
            unchanged=stored.known,
            ignored=file.ignored,
            unmatched=tuple(settling.worklist(session, site_id, stored.waiting)),
        )
