"""How long it takes until what was sold is there: seconds, and whether everything has come to rest."""

import time
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import DBAPIError

from benchmarks.installations import Installation
from benchmarks.selling import NAMES, Sales
from webapp.backoffice.states import State
from webapp.database import reading, utc_now
from webapp.models.orders import IS_WAITING, ChannelOrder
from webapp.models.sites import Site

GIVES_UP_AFTER = 180.0
LOOKS_EVERY = 0.1


def seconds_until_synced(engine: Engine, sales: Sales, names: tuple[str, ...] = NAMES) -> float:
    """An order is placed in each of these stores; the seconds until all of them are synced.

    At most `GIVES_UP_AFTER`, which stands for never.
    """
    begun = time.monotonic()
    for name, number in [(name, sales.sell(name)) for name in names]:
        _wait(lambda name=name, number=number: _is_synced(engine, name, number), begun)
    return time.monotonic() - begun


def come_to_rest(installation: Installation) -> None:
    """Have each site read, from now on, everything to its end, and wait until nothing waits.

    A pull that was on its way counts for nothing: the one after it does.
    """
    engine = installation.engine
    begun = time.monotonic()
    for _ in range(2):
        since = utc_now()
        for name in NAMES:
            installation.do("pull", name, "--queue")
        _wait(lambda since=since: _have_pulled_since(engine, since), begun)
    _wait(lambda: _count(engine, select(func.count(ChannelOrder.id)).where(IS_WAITING)) == 0, begun)


def synced(engine: Engine) -> int:
    """How many orders are."""
    return _count(
        engine, select(func.count(ChannelOrder.id)).where(ChannelOrder.state == State.SYNCED)
    )


def _have_pulled_since(engine: Engine, since: datetime) -> bool:
    late = select(func.count(Site.id)).where(
        Site.last_pull_at.is_(None) | (Site.last_pull_at <= since)
    )
    return _count(engine, late) == 0


def _is_synced(engine: Engine, name: str, number: int) -> bool:
    found = (
        select(func.count(ChannelOrder.id))
        .join(Site, Site.id == ChannelOrder.site_id)
        .where(
            Site.name == name,
            ChannelOrder.number == str(number),
            ChannelOrder.state == State.SYNCED,
        )
    )
    return _count(engine, found) == 1


def _count(engine: Engine, query: object) -> int:
    """0 as well while the database does not answer: it is looked at again."""
    try:
        with reading(engine) as session:
            return int(session.scalar(query) or 0)  # type: ignore[call-overload]
    except DBAPIError:
        return -1


def _wait(is_so: Callable[[], bool], begun: float) -> None:
    while not is_so() and time.monotonic() < begun + GIVES_UP_AFTER:
        time.sleep(LOOKS_EVERY)
