"""What workers are told to do, by the names that stand in the queue. Thin: ids and numbers in.

What was due and could not be done stays due: the database says so, and the next heartbeat finds
it. So a site at work elsewhere, a store in trouble, a locked database end a task quietly.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy.exc import OperationalError

from jobs.asked import do_asked
from jobs.catalogue import pull_catalogue
from jobs.notices import take_notices
from jobs.pace import GaveWay, Stopping, Turn
from jobs.payouts import pull_payouts
from jobs.process import process_waiting
from jobs.pull import pull_site, pull_under
from jobs.push import PushHeld, push_site
from jobs.runtime import Runtime, leased
from jobs.subscribing import tend_subscription
from jobs.sweep import sweep_site
from platforms.errors import PlatformError
from webapp.backoffice.sites.leases import LeaseLost, LeaseTaken
from webapp.config import read_config, unlock
from webapp.database import make_engine

# Seconds after which a site with much to do lets others have the worker.
TURN = 15
# Seconds that what a person asked for waits for the site to be free.
ASKED_WAITS = 20
ACTOR = "command line"

# Set by the worker's child when it is asked to end.
stopping = Stopping()

log = logging.getLogger(__name__)


def pull(site_id: int, *, is_asked: bool = False) -> None:
    with working() as runtime, _quietly("pull", site_id):
        _when_free(lambda: pull_site(runtime, site_id, actor=ACTOR if is_asked else None), is_asked)


def push(site_id: int) -> None:
    with working() as runtime, _quietly("push", site_id):
        push_site(runtime, site_id, scheduled=True)


def asked(site_id: int) -> None:
    """What people asked for."""
    with working() as runtime, _quietly("a request", site_id):
        do_asked(runtime, site_id)


def process(site_id: int) -> None:
    with (
        working() as runtime,
        _quietly("process", site_id),
        leased(runtime, site_id) as lease,
    ):
        process_waiting(runtime, lease)


def escrows(site_id: int) -> None:
    """Orders that wait for their escrow: the store is asked again."""
    with (
        working() as runtime,
        _quietly("escrows", site_id),
        leased(runtime, site_id) as lease,
    ):
        pull_under(runtime, lease, is_of_waiting=True)


def notices(site_id: int) -> None:
    """Orders that the store told us of are read."""
    with working() as runtime, _quietly("notices", site_id):
        take_notices(runtime, site_id)


def subscription(site_id: int) -> None:
    """Whether the store still sends its notices."""
    with working() as runtime, _quietly("subscription", site_id):
        tend_subscription(runtime, site_id)


def payouts(site_id: int) -> None:
    with working() as runtime, _quietly("payouts", site_id):
        pull_payouts(runtime, site_id)


def catalogue(site_id: int) -> None:
    with working() as runtime, _quietly("catalogue pull", site_id):
        pull_catalogue(runtime, site_id)


def sweep(site_id: int) -> None:
    with working() as runtime, _quietly("sweep", site_id):
        sweep_site(runtime, site_id)


@contextmanager
def working() -> Iterator[Runtime]:
    """What a task works with, from the configuration of this process; closed at the end."""
    config = read_config()
    unlock(config)
    engine = make_engine(config.database_url)
    try:
        yield Runtime(
            engine=engine,
            allow_private_stores=config.allow_private_stores,
            public_url=config.public_url,
            is_stopping=stopping,
            had_its_turn=Turn(TURN).is_over,
        )
    finally:
        engine.dispose()


@contextmanager
def _quietly(what: str, site_id: int) -> Iterator[None]:
    try:
        yield
    except (LeaseTaken, LeaseLost):
        log.info("%s of site %d: another process works on it", what, site_id)
    except GaveWay:
        log.info("%s of site %d: given back, the worker ends", what, site_id)
    except PushHeld as held:
        log.warning("%s of site %d: %s", what, site_id, held)
    except PlatformError as fault:
        log.warning("%s of site %d: %s", what, site_id, fault.sentence)
    except OperationalError as fault:
        log.warning("%s of site %d: the database is busy or away: %s", what, site_id, fault.orig)


def _when_free(work: Callable[[], object], is_asked: bool) -> None:
    """Do it; what a person asked for waits a while for the site to be free."""
    give_up_at = time.monotonic() + (ASKED_WAITS if is_asked else 0)
    while True:
        try:
            work()
            return
        except LeaseTaken:
            if time.monotonic() >= give_up_at or stopping():
                raise
            time.sleep(0.5)
