"""`pull NAME`: what changed in the store comes in, and every order that waits is processed."""

import argparse

from jobs.pull import pull_site
from jobs.taking import PullReport
from webapp.cli.arguments import moment
from webapp.cli.context import ACTOR, Context, site_id_named
from webapp.cli.faults import UsageFault
from webapp.cli.output import Answer, instant
from webapp.cli.queue_option import declare_queue, handed_over
from webapp.cli.tables import at, count, states_text
from webapp.database import utc_now


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="the site")
    parser.add_argument(
        "--since", type=moment, metavar="T", help="orders placed from this instant on"
    )
    parser.add_argument("--until", type=moment, metavar="T", help="and placed before this one")
    parser.add_argument("--order", metavar="NUMBER", help="this order alone, whatever its date")
    declare_queue(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    if arguments.order is not None and (arguments.since or arguments.until):
        raise UsageFault("--order goes without --since and --until.")
    if arguments.since and arguments.until and arguments.since >= arguments.until:
        raise UsageFault("--since must be before --until.")
    site_id = site_id_named(context, arguments.name)
    if arguments.queue:
        return _hand_over(arguments, context, site_id)
    with context.runtime() as runtime:
        report = pull_site(
            runtime,
            site_id,
            since=arguments.since,
            until=arguments.until,
            order=arguments.order,
            actor=ACTOR,
        )
    return Answer(data=pull_data(report), text=lambda: pull_text(arguments.name, report))


def _hand_over(arguments: argparse.Namespace, context: Context, site_id: int) -> Answer:
    from jobs.enqueue import request_pull  # the queue's client takes long to load

    return handed_over(
        context,
        arguments.name,
        lambda connection: request_pull(
            context.engine,
            connection,
            site_id,
            now=utc_now(),
            actor=ACTOR,
            order=arguments.order,
            since=instant(arguments.since),
            until=instant(arguments.until),
        ),
    )


def pull_data(report: PullReport) -> dict[str, object]:
    return {
        "run": report.run,
        "fetched": report.fetched,
        "new": report.new,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "processed": report.processed,
        "states": report.states,
        "requests": report.requests,
        "seconds": report.seconds,
        "watermark": report.watermark,
    }


def pull_text(site: str, report: PullReport) -> str:
    """What a pull did, and what to look at next."""
    lines = [
        f"{site}: {count(report.fetched, 'order')} read ({report.new:,} new, {report.changed:,} changed, "
        f"{report.unchanged:,} as before), {count(report.requests, 'request')}, {report.seconds:.1f} s.",
        f"Processed: {states_text(report.states)}.",
    ]
    if report.watermark:
        lines.append(f"Read up to {at(report.watermark)} UTC of the store's clock.")
    waiting = [state for state in ("blocked", "failed") if report.states.get(state)]
    for state in waiting:
        lines.append(f"See what holds them up: bin/tillbridge orders {site} --state {state}")
    return "\n".join(lines)
