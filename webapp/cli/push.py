"""`push NAME`: available quantities to the store, only where they differ, outcome per listing."""

import argparse
from typing import Any

from jobs.push import PushReport, push_site
from webapp.cli.context import ACTOR, Context, site_id_named
from webapp.cli.output import Answer
from webapp.cli.queue_option import declare_queue, handed_over, refuse_with_queue
from webapp.cli.tables import count, cut, table
from webapp.database import utc_now

SHOWN = 30


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="the site")
    parser.add_argument(
        "--dry-run", action="store_true", help="say what it would send, send nothing"
    )
    parser.add_argument(
        "--all", action="store_true", help="every mapped listing, not only differences"
    )
    declare_queue(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    site_id = site_id_named(context, arguments.name)
    if arguments.queue:
        refuse_with_queue(arguments, "--dry-run")
        return _hand_over(arguments, context, site_id)
    with context.runtime() as runtime:
        report = push_site(
            runtime, site_id, dry_run=arguments.dry_run, all_=arguments.all, actor=ACTOR
        )
    return Answer(
        data=push_data(report, dry_run=arguments.dry_run),
        text=lambda: push_text(arguments.name, report, dry_run=arguments.dry_run),
    )


def _hand_over(arguments: argparse.Namespace, context: Context, site_id: int) -> Answer:
    from jobs.enqueue import request_push  # the queue's client takes long to load

    return handed_over(
        context,
        arguments.name,
        lambda connection: request_push(
            context.engine, connection, site_id, now=utc_now(), actor=ACTOR, sends_all=arguments.all
        ),
    )


def push_data(report: PushReport, *, dry_run: bool) -> dict[str, Any]:
    data: dict[str, Any] = {
        "run": report.run,
        "pulled": report.pulled,
        "listings": report.listings,
        "changed": report.changed,
        "sent": report.sent,
        "confirmed": report.confirmed,
        "failed": report.failed,
        "failures": [
            {
                "listing_id": failure.listing_id,
                "sku": failure.sku,
                "code": failure.code,
                "message": failure.message,
            }
            for failure in report.failures
        ],
        "requests": report.requests,
        "seconds": report.seconds,
    }
    if dry_run:
        data["would_send"] = [
            {"listing_id": each.listing_id, "sku": each.sku, "from": each.shown, "to": each.wanted}
            for each in report.would_send
        ]
    return data


def push_text(site: str, report: PushReport, *, dry_run: bool) -> str:
    """What a push did, or would do, and which listings did not take it."""
    lines = [
        f"{site}: {count(report.listings, 'mapped listing')}, {report.changed:,} differ from the store."
    ]
    if dry_run:
        lines.append(f"This was a dry run: nothing was sent. {len(report.would_send):,} would be:")
        rows = [
            (
                each.listing_id,
                each.sku,
                "–" if each.shown is None else str(each.shown),
                str(each.wanted),
            )
            for each in report.would_send[:SHOWN]
        ]
        lines.append(
            table(
                ("listing", "sku", "store shows", "we would set"),
                rows,
                right=("store shows", "we would set"),
            )
        )
        if len(report.would_send) > SHOWN:
            lines.append(f"… and {len(report.would_send) - SHOWN:,} more; --json lists them all.")
    else:
        lines.append(
            f"Sent {report.sent:,}, confirmed by the store {report.confirmed:,}, failed {report.failed:,}; "
            f"{count(report.requests, 'request')}, {report.seconds:.1f} s."
        )
    if report.failures:
        lines.append("Not pushed:")
        rows = [
            (failure.listing_id, failure.sku, failure.code, cut(failure.message, 80))
            for failure in report.failures[:SHOWN]
        ]
        lines.append(table(("listing", "sku", "code", "why"), rows))
        if len(report.failures) > SHOWN:
            lines.append(f"… and {len(report.failures) - SHOWN:,} more; --json lists them all.")
    return "\n".join(line for line in lines if line)
