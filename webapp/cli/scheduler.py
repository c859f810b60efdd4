"""`scheduler`: the heartbeat that finds what is due, until it is stopped. One is enough."""

import argparse

from jobs.heartbeat import keep_beating, nothing
from webapp.cli.context import Context
from webapp.cli.output import Answer, complain
from webapp.cli.queueing import queue_url
from webapp.cli.stopping import until_stopped
from webapp.cli.supervised import declare_supervised, end_with_supervisor


def declare(parser: argparse.ArgumentParser) -> None:
    declare_supervised(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    context.engine  # noqa: B018 - says at once what the home lacks
    with queue_url(context) as (url, server), until_stopped():
        end_with_supervisor(arguments)
        if not arguments.supervised:
            complain("The scheduler runs. Ctrl-C stops it.")
        keep_beating(url, revive=server.ensure if server is not None else nothing)
    return Answer(data={}, is_said=True)
