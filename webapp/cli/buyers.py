"""`buyer`: find whose orders these are, hand a buyer their data, erase it."""

import argparse

from webapp.backoffice.people.buyers import erase_buyer, export_buyer, find_buyers
from webapp.backoffice.reports.order_view import find_orders
from webapp.cli.context import ACTOR, Context, site_named
from webapp.cli.order import shared_number, unknown_order
from webapp.cli.output import Answer
from webapp.cli.tables import count, table
from webapp.database import utc_now


def declare(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(metavar="ACT", required=True)
    find = acts.add_parser(
        "find", help="orders by the beginning of a name's word, an e-mail or a phone"
    )
    find.add_argument("text", metavar="TEXT")
    find.set_defaults(run=run_find)
    for act, says, run in (
        ("export", "everything that is kept about the buyer of an order", run_export),
        ("erase", "take everything about the buyer out of an order, every version", run_erase),
    ):
        one = acts.add_parser(act, help=says)
        one.add_argument("name", metavar="NAME", help="the site")
        one.add_argument("number", metavar="NUMBER", help="the order's number")
        one.set_defaults(run=run)


def run_find(arguments: argparse.Namespace, context: Context) -> Answer:
    with context.reading() as session:
        found = find_buyers(session, arguments.text)
    rows = [(order.site, order.number) for order in found]
    return Answer(
        data={"orders": [{"site": site, "number": number} for site, number in rows]},
        text=table(("site", "order"), rows) or "No buyer is found by that.",
    )


def run_export(arguments: argparse.Namespace, context: Context) -> Answer:
    with context.reading() as session:
        site = site_named(session, arguments.name)
        found = find_orders(session, site.id, arguments.number)
        if not found:
            raise unknown_order(site.name, arguments.number)
        buyer = export_buyer(session, found[0])
    return Answer(
        data={"buyer": buyer},
        text=lambda: _text(buyer),
        warnings=shared_number(arguments.number, len(found)),
    )


def run_erase(arguments: argparse.Namespace, context: Context) -> Answer:
    with context.writing() as session:
        site = site_named(session, arguments.name)
        found = find_orders(session, site.id, arguments.number)
        if not found:
            raise unknown_order(site.name, arguments.number)
        erased = erase_buyer(session, found[:1], why="request", actor=ACTOR, now=utc_now())
    return Answer(
        data={"erased": erased},
        text=f"{count(erased, 'buyer row')} emptied; it is not filled again."
        if erased
        else "There was nothing left to erase.",
        warnings=shared_number(arguments.number, len(found)),
    )


def _text(buyer: dict[str, object] | None) -> str:
    if buyer is None:
        return "Nothing is kept about this order's buyer."
    lines = []
    for key, value in buyer.items():
        if isinstance(value, dict):
            lines.append(f"{key}:")
            lines += [f"  {name}: {each}" for name, each in value.items() if each]
        elif value:
            lines.append(f"{key}: {value}")
    return "\n".join(lines) or "Nothing is kept about this order's buyer."
