"""A lease is kept while the store takes its time: a thread renews it beside the work."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from webapp.backoffice.sites import leases
from webapp.database import writing


@contextmanager
def kept(
    engine: Engine,
    site_id: int,
    number: int,
    now: Callable[[], datetime],
    *,
    every: float = leases.RENEW_EVERY.total_seconds(),
) -> Iterator["Keeper"]:
    """Renew a lease every few seconds until the block ends.

    A process that is killed takes the thread with it, so its lease runs out. A lost lease is
    noticed by the next write of the work itself.
    """
    keeper = Keeper(engine, site_id, number, now, every)
    thread = threading.Thread(target=keeper.keep, daemon=True, name="lease")
    thread.start()
    try:
        yield keeper
    finally:
        keeper.ended.set()
        thread.join()


@dataclass(slots=True)
class Keeper:
    """Renews one lease. `renewed` is set as soon as it has."""

    engine: Engine
    site_id: int
    number: int
    now: Callable[[], datetime]
    every: float
    ended: threading.Event = field(default_factory=threading.Event)
    renewed: threading.Event = field(default_factory=threading.Event)

    def keep(self) -> None:
        while not self.ended.wait(self.every):
            try:
                with writing(self.engine) as session:
                    leases.renew(session, self.site_id, self.number, self.now())
            except leases.LeaseLost:
                return
            except DBAPIError:
                continue  # locked or away: the work itself meets it too, and says so
            self.renewed.set()
