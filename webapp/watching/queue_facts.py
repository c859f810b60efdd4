"""The queue as a monitor sees it: whether its server answers, and how much waits in each lane."""

from contextlib import closing
from dataclasses import dataclass, field

from redis.exceptions import RedisError

from jobs import broker
from jobs.bundled import Bundled
from jobs.work import Lane
from webapp.config import Config


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFacts:
    """`waiting` by lane; empty while the server is away."""

    is_there: bool
    waiting: dict[str, int] = field(default_factory=dict)


def queue_facts(config: Config) -> QueueFacts:
    """Ask the queue's server, which has a second to answer."""
    url = config.redis_url or Bundled(config.home).url
    with closing(broker.for_people(url)) as connection:
        try:
            waiting = {str(lane): broker.lane(connection, lane).count for lane in Lane}
        except RedisError:
            return QueueFacts(is_there=False)
    return QueueFacts(is_there=True, waiting=waiting)
