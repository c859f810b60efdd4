"""The queue's server, as commands meet it: found or started, its faults told as sentences."""

from collections.abc import Iterator
from contextlib import contextmanager

from jobs import broker
from jobs.bundled import Bundled, NoServer, using
from webapp.cli.context import Context
from webapp.cli.faults import CommandFault


@contextmanager
def queue_url(context: Context) -> Iterator[tuple[str, Bundled | None]]:
    """The queue's server for a process that runs until it is stopped.

    The bundled one, where no other was given, is started if need be and ends with its last user.
    """
    given = context.config.redis_url
    with told_apart():
        if given is not None:
            yield given, None
            return
        with using(context.config.home) as server:
            yield server.url, server


def started_url(context: Context) -> str:
    """The server's address for a command that leaves work in it. A bundled one stays, with it."""
    given = context.config.redis_url
    if given is not None:
        return given
    server = Bundled(context.config.home)
    server.ensure()
    return server.url


@contextmanager
def told_apart() -> Iterator[None]:
    """Faults of the queue's server as sentences."""
    try:
        yield
    except NoServer as fault:
        raise CommandFault("no_queue", str(fault), fault.next_step) from fault
    except broker.AWAY as fault:
        raise CommandFault(
            "queue_unreachable",
            "The queue's server cannot be reached.",
            "Look at REDIS_URL and whether the server runs; without --queue it is done here.",
        ) from fault
