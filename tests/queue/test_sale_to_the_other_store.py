"""A sale in one store is seen in the other within seconds; many sales make one push."""

import pytest
from sqlalchemy import func, select

from benchmarks.latency import TOLD, arrivals_of
from jobs.enqueue import request_pull
from platforms.sandbox.woocommerce import Sandbox, Sold, open_sandbox
from tests.queue.floor import Floor, until
from webapp.database import reading, utc_now
from webapp.models.catalogue import Listing
from webapp.models.schedule import PushWish

MUG = "MUG-TEHTARIK"
SALES = 6


def _sells(sandbox: Sandbox, quantity: int) -> None:
    sandbox.store.place_order(lines=[Sold(product=MUG, quantity=quantity)])


def _shown(floor: Floor, site_id: int) -> int | None:
    with reading(floor.engine) as session:
        return session.scalar(
            select(Listing.store_quantity).where(Listing.site_id == site_id, Listing.sku == MUG)
        )


def _wishes(floor: Floor) -> int:
    with reading(floor.engine) as session:
        return session.scalar(select(func.count()).select_from(PushWish)) or 0


def test_sales_close_together_make_one_push_of_the_other_store(floor: Floor) -> None:
    with open_sandbox() as here, open_sandbox() as there:
        site = floor.connect(here, "here", pull_every=3600, push_every=3600)
        other = floor.connect(there, "there", pull_every=3600, push_every=3600)
        floor.start("scheduler")
        floor.start("worker")
        floor.start("worker")
        until(lambda: _shown(floor, other) is not None, what="the first push")
        until(lambda: all(end for _, end in floor.runs(other, "push")), what="its end")
        before, pushes = _shown(floor, other), len(floor.runs(other, "push"))
        assert before is not None

        for _ in range(5):
            _sells(here, 1)
        request_pull(floor.engine, floor.redis, site, now=utc_now())
        until(lambda: _shown(floor, other) == before - 5, within=10, what="the other store")

        # A kit holds mugs too, so that the store that sold them is pushed as well.
        until(lambda: _wishes(floor) == 0, what="the pushes to end")
        assert len(floor.runs(other, "push")) == pushes + 1


@pytest.mark.slow
def test_sales_that_stores_tell_of_arrive_in_the_other_store_both_ways(
    encryption_keys: tuple[str, ...],
) -> None:
    arrivals = arrivals_of(TOLD, SALES, ",".join(encryption_keys))

    into = sorted(each.into for each in arrivals)
    assert into == ["market"] * (SALES // 2) + ["shop"] * (SALES // 2)
    # Long before the next pull or push of a cadence, which are minutes away.
    assert max(each.seconds for each in arrivals) < 20
