"""Work handed to the workers from a screen, and whether anybody is there to do it."""

from collections.abc import Callable

from redis import Redis

from jobs import broker
from jobs.bundled import Bundled
from jobs.handing import HandedOver
from webapp.admin.frame.session import backing, reading
from webapp.backoffice.sites.pulse import workers_alive
from webapp.database import utc_now

NOBODY = (
    "No worker is running, so this waits. Start Tillbridge with bin/tillbridge run, or a worker "
    "by itself with bin/tillbridge worker."
)


def hand_to_workers(request: Callable[[Redis], HandedOver]) -> None:
    """Ask by one of `jobs.enqueue`'s requests, handed the queue's connection.

    It is kept in the database before the queue is told: where the queue's server is away, the
    workers find it when they have it back.
    """
    config = backing().config
    connection = broker.for_people(config.redis_url or Bundled(config.home).url)
    try:
        request(connection)
    except broker.AWAY:
        return
    finally:
        connection.close()


def nobody_at_work() -> str | None:
    """Why what is handed to the workers waits, and the way out; None: a worker is there."""
    return None if workers_alive(reading(), utc_now()) else NOBODY
