"""`worker`: does what waits in the queue, until it is stopped."""

import argparse

from jobs.worker import work
from webapp.cli.arguments import positive
from webapp.cli.context import Context
from webapp.cli.output import Answer, complain
from webapp.cli.queueing import queue_url
from webapp.cli.supervised import declare_supervised, end_with_supervisor
from webapp.cli.supervising import Part, Supervisor, this_command


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--burst", action="store_true", help="end when nothing waits any more")
    parser.add_argument(
        "--count", type=positive, default=1, metavar="N", help="so many workers side by side"
    )
    declare_supervised(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    database = context.engine.url.render_as_string(hide_password=False)
    with queue_url(context) as (url, _):
        if arguments.count > 1:
            return _several(arguments)
        end_with_supervisor(arguments)
        context.close()  # children must not inherit its connections
        if not arguments.supervised and not arguments.burst:
            complain("The worker waits for work. Ctrl-C stops it.")
        work(url, database, burst=arguments.burst)
    return Answer(data={}, is_said=True)


def _several(arguments: argparse.Namespace) -> Answer:
    words = ["worker", *(["--burst"] if arguments.burst else [])]
    parts = [
        Part(name=f"worker {number}", command=this_command(*words), ends=arguments.burst)
        for number in range(1, arguments.count + 1)
    ]
    Supervisor(parts).run()
    return Answer(data={}, is_said=True)
