"""Connections to the queue's server, and the lanes in it."""

from redis import ConnectionError as Unconnected
from redis import Redis
from redis import TimeoutError as TimedOut
from redis.backoff import ConstantBackoff, NoBackoff
from redis.retry import Retry
from rq import Queue

from jobs.work import Lane

# Whoever catches these goes on: the database holds what is due.
AWAY = (Unconnected, TimedOut)


def for_workers(url: str) -> Redis:
    """A connection for processes that wait for work and outlive the server."""
    return Redis.from_url(url, retry=Retry(ConstantBackoff(0.2), 3))


def for_people(url: str) -> Redis:
    """A connection for whom somebody waits: it gives up at once."""
    return Redis.from_url(
        url, retry=Retry(NoBackoff(), 1), socket_timeout=1, socket_connect_timeout=1
    )


def lane(connection: Redis, which: Lane) -> Queue:
    return Queue(f"tillbridge-{which}", connection=connection)
