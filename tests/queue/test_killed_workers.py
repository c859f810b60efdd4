"""Workers are killed in the midst of a pull: another goes on, and each order is there once."""

import os
import signal

import pytest

from platforms.sandbox.woocommerce import open_sandbox
from tests.queue.floor import Floor, children, slowly, until
from tests.stores import verified
from webapp.database import utc_now
from webapp.models.sites import Site

ORDERS = 120


@pytest.mark.parametrize("victims", ["child", "both"])
def test_what_a_killed_worker_held_goes_on_within_half_a_minute(floor: Floor, victims: str) -> None:
    with open_sandbox(orders=ORDERS) as sandbox:
        site = floor.connect(sandbox, "main", pull_every=10, next_pull_at=utc_now())
        with slowly(sandbox, 0.7):
            workers = [floor.start("worker"), floor.start("worker")]
            floor.start("scheduler")
            until(lambda: bool(floor.runs(site)), what="the pull to begin")
            (worker,) = [each for each in workers if _at_work(each.pid, floor.site(site))]
            (child,) = _at_work(worker.pid, floor.site(site))
            if victims == "both":
                os.kill(worker.pid, signal.SIGKILL)
            os.kill(child, signal.SIGKILL)

        until(
            lambda: any(finished for _, finished in floor.runs(site)),
            within=30,
            what="a pull that comes to its end",
        )

    assert floor.orders(site) >= ORDERS
    assert verified(floor.engine).is_clean


def _at_work(worker: int, site: Site) -> list[int]:
    """The worker's child that holds the site, if it is this worker's."""
    holder = (site.lease_holder or "").split(":")
    return [pid for pid in children(worker) if str(pid) in holder]
