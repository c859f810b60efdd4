"""`ship NAME NUMBER`: the goods left; recorded here, and the store is told."""

import argparse

from jobs.ship import ship_order
from webapp.backoffice.orders.shipping import CannotShip
from webapp.backoffice.reports.order_view import find_orders
from webapp.cli.context import ACTOR, Context, site_named
from webapp.cli.faults import CommandFault
from webapp.cli.order import shared_number, unknown_order
from webapp.cli.output import Answer
from webapp.cli.tables import at


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="the site")
    parser.add_argument("number", metavar="NUMBER", help="the order's number")
    parser.add_argument("--carrier", metavar="C", default="")
    parser.add_argument("--tracking", metavar="T", default="", help="the tracking number")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    with context.reading() as session:
        site = site_named(session, arguments.name)
        found = find_orders(session, site.id, arguments.number)
    if not found:
        raise unknown_order(site.name, arguments.number)
    with context.runtime() as runtime:
        try:
            report = ship_order(
                runtime,
                site.id,
                found[0],
                carrier=arguments.carrier,
                tracking=arguments.tracking,
                actor=ACTOR,
            )
        except CannotShip as fault:
            raise CommandFault(
                "cannot_ship",
                str(fault),
                fault.next_step
                or f"See the order: bin/tillbridge order {site.name} {arguments.number}",
            ) from fault
    told = "The store was told." if report.store_told else "The store was not told."
    said = f" {report.message}" if report.message else ""
    return Answer(
        data={
            "number": report.number,
            "shipped_at": report.shipped_at,
            "store_told": report.store_told,
            "message": report.message,
        },
        text=f"{site.name} {report.number}: shipped {at(report.shipped_at)} UTC. {told}{said}",
        warnings=shared_number(arguments.number, len(found)),
    )
