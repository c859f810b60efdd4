"""The queue's server is emptied, then goes away: everything goes on by itself."""

from datetime import datetime

from platforms.sandbox.woocommerce import open_sandbox
from tests.queue.floor import Floor, until
from webapp.database import utc_now


def test_an_emptied_server_and_one_that_was_away_lose_nothing(floor: Floor) -> None:
    with open_sandbox(orders=5) as sandbox:
        site = floor.connect(sandbox, "main", pull_every=300)
        worker = floor.start("worker")
        floor.start("scheduler")
        until(lambda: _pulls(floor, site) == 1, what="the first pull")

        floor.redis.flushall()
        floor.set(site, next_pull_at=utc_now())
        until(lambda: _pulls(floor, site) == 2, what="the pull that was due then")

        # The scheduler starts it again: the home's server is its own.
        floor.server.stop()
        gone_at = utc_now()
        floor.set(site, next_pull_at=gone_at)
        until(lambda: _has_beaten(floor, gone_at), within=30, what="a heartbeat after the outage")
        until(lambda: _pulls(floor, site) == 3, within=30, what="the pull after the outage")

        assert worker.poll() is None


def _pulls(floor: Floor, site: int) -> int:
    return sum(finished is not None for _, finished in floor.runs(site))


def _has_beaten(floor: Floor, moment: datetime) -> bool:
    beat = floor.beat()
    return beat is not None and beat.at > moment
