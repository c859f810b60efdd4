"""A banner on every page while nobody reads the schedule, and none once it is read."""

from datetime import timedelta

from sqlalchemy import Engine, update

from tests.admin.conftest import AsRole
from tests.admin.visitor import Visitor
from webapp.backoffice.sites.pulse import note_beat
from webapp.database import utc_now, writing
from webapp.models.sites import Site

BANNER = "Nothing runs by itself."


def test_every_page_says_that_nobody_reads_the_schedule(
    as_role: AsRole, shop_engine: Engine
) -> None:
    operator = as_role("operator")

    for path in ("/", "/orders/", "/mapping/1/", "/sites/"):
        assert BANNER in operator.get(path).text, path

    with writing(shop_engine) as session:
        note_beat(session, worker="worker-1", enqueued=0, now=utc_now() - timedelta(minutes=9))
    late = operator.get("/").text
    assert BANNER in late
    assert "last read 9 minutes ago" in late


def test_it_goes_when_the_schedule_is_read_or_nothing_is_meant_to_run(
    as_role: AsRole, shop_engine: Engine
) -> None:
    operator = as_role("operator")
    with writing(shop_engine) as session:
        note_beat(session, worker="worker-1", enqueued=0, now=utc_now())
    assert BANNER not in operator.get("/").text

    with writing(shop_engine) as session:
        note_beat(session, worker="worker-1", enqueued=0, now=utc_now() - timedelta(hours=1))
        session.execute(update(Site).values(enabled=False))
    assert BANNER not in operator.get("/").text


def test_strangers_see_nothing_of_it(stranger: Visitor) -> None:
    assert BANNER not in stranger.get("/sign-in").text
