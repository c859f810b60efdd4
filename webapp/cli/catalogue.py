"""`catalogue pull NAME`: what the store sells, and the quantities that it shows."""

import argparse

from jobs.catalogue import pull_catalogue
from webapp.cli.context import ACTOR, Context, site_id_named
from webapp.cli.output import Answer
from webapp.cli.queue_option import declare_queue, handed_over
from webapp.cli.tables import count
from webapp.database import utc_now


def declare(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(metavar="ACT", required=True)
    pull = acts.add_parser("pull", help="read every listing of the store")
    pull.add_argument("name", metavar="NAME", help="the site")
    declare_queue(pull)
    pull.set_defaults(run=run)


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    site_id = site_id_named(context, arguments.name)
    if arguments.queue:
        from jobs.enqueue import request_catalogue  # the queue's client takes long to load

        return handed_over(
            context,
            arguments.name,
            lambda connection: request_catalogue(
                context.engine, connection, site_id, now=utc_now(), actor=ACTOR
            ),
        )
    with context.runtime() as runtime:
        report = pull_catalogue(runtime, site_id, actor=ACTOR)
    data = {
        "listings": report.listings,
        "new": report.new,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "gone": report.gone,
        "requests": report.requests,
    }
    text = (
        f"{arguments.name}: {count(report.listings, 'listing')} ({report.new:,} new, {report.changed:,} changed, "
        f"{report.unchanged:,} as before, {report.gone:,} gone), {count(report.requests, 'request')}.\n"
        f"Map them: bin/tillbridge mapping auto {arguments.name}, then mapping export and import for the rest."
    )
    return Answer(data=data, text=text)
