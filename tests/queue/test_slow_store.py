"""A store that answers late, or never, does not hold up the others."""

from datetime import timedelta

from sqlalchemy import insert

from platforms.sandbox.woocommerce import open_sandbox
from tests.queue.floor import Floor, slowly, until
from webapp.database import utc_now, writing
from webapp.models.sites import SyncRun


def _was_slow(floor: Floor, site: int) -> None:
    """Its last pull took half a minute."""
    began = utc_now() - timedelta(minutes=5)
    with writing(floor.engine) as session:
        session.execute(
            insert(SyncRun).values(
                site_id=site,
                kind="pull",
                started_at=began,
                finished_at=began + timedelta(seconds=30),
                counts={},
            )
        )


def test_stores_that_do_not_answer_leave_a_worker_to_the_others(floor: Floor) -> None:
    with open_sandbox(orders=3) as slow, open_sandbox(orders=3) as quick:
        slow_sites = [
            floor.connect(slow, f"slow{number}", pull_every=10, next_pull_at=utc_now())
            for number in range(3)
        ]
        for each in slow_sites:
            _was_slow(floor, each)
        site = floor.connect(quick, "quick", pull_every=1)
        with slowly(slow, 25):
            floor.start("worker")
            floor.start("worker")
            floor.start("scheduler")
            until(lambda: any(len(floor.runs(each)) > 1 for each in slow_sites), what="a slow pull")

            done = len(floor.runs(site))
            until(lambda: len(floor.runs(site)) >= done + 3, within=20, what="three quick pulls")

            held = [each for each in slow_sites if len(floor.runs(each)) > 1]
            assert len(held) == 1
