"""`sweep NAME`: recent orders compared by content, for what the store did not announce."""

import argparse

from jobs.sweep import sweep_site
from webapp.cli.arguments import days
from webapp.cli.context import Context, site_id_named
from webapp.cli.output import Answer
from webapp.cli.tables import count


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="the site")
    parser.add_argument("--days", type=days, default=90, metavar="N", help="how far back (90)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    site_id = site_id_named(context, arguments.name)
    with context.runtime() as runtime:
        report = sweep_site(runtime, site_id, days=arguments.days)
    data = {
        "run": report.run,
        "checked": report.checked,
        "changed": report.changed,
        "missed_by_date": report.missed_by_date,
        "requests": report.requests,
    }
    text = (
        f"{arguments.name}: {count(report.checked, 'order')} of the last {arguments.days} days compared, "
        f"{report.changed:,} changed, {report.missed_by_date:,} of them not shown by their date; "
        f"{count(report.requests, 'request')}."
    )
    return Answer(data=data, text=text)
