"""`--queue`: work is handed to the workers instead of being done here."""

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

from webapp.cli.context import Context
from webapp.cli.faults import CommandFault, UsageFault
from webapp.cli.output import Answer

if TYPE_CHECKING:
    # The queue's client takes long to load, and most commands do without.
    from redis import Redis

    from jobs.handing import HandedOver


def declare_queue(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--queue", action="store_true", help="hand it to the workers, and do not wait for it"
    )


def refuse_with_queue(arguments: argparse.Namespace, *options: str) -> None:
    """UsageFault: an option stands beside --queue whose answer somebody must wait for."""
    for option in options:
        if getattr(arguments, option.lstrip("-").replace("-", "_")):
            raise UsageFault(f"{option} goes without --queue: what it says is what it is for.")


def handed_over(context: Context, name: str, request: "Callable[[Redis], HandedOver]") -> Answer:
    """Hand work over and say under which number; the queue's server is started if need be."""
    from jobs import broker
    from webapp.cli.queueing import started_url, told_apart

    with told_apart():
        connection = broker.for_people(started_url(context))
        try:
            done = request(connection)
        except broker.AWAY as fault:
            raise CommandFault(
                "queue_unreachable",
                "The queue's server cannot be reached. What you asked for is kept, and done when "
                "the workers have it back.",
                "Look at REDIS_URL and whether the server runs; without --queue it is done here.",
            ) from fault
        finally:
            connection.close()
    said = "it is handed to the workers" if done.is_enqueued else "it already waits or runs"
    return Answer(
        data={"job": done.job, "enqueued": done.is_enqueued}, text=f"{name}: {said} ({done.job})."
    )
