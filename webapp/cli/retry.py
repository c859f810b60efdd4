"""`retry NAME`: orders that are blocked, waiting or failed are tried again at once."""

import argparse

from jobs.retry import retry_orders
from webapp.backoffice.errors import Code
from webapp.backoffice.reports.order_view import find_orders
from webapp.backoffice.states import State
from webapp.cli.context import ACTOR, Context, site_named
from webapp.cli.order import unknown_order
from webapp.cli.output import Answer
from webapp.cli.queue_option import declare_queue, handed_over
from webapp.cli.tables import count, states_text
from webapp.database import utc_now


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="the site")
    parser.add_argument("--order", metavar="NUMBER", help="this order alone")
    parser.add_argument(
        "--code",
        choices=[code.value for code in Code],
        metavar="CODE",
        help="a cause, such as unmapped_listing",
    )
    parser.add_argument("--state", choices=[state.value for state in State])
    declare_queue(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    with context.reading() as session:
        site_id = site_named(session, arguments.name).id
        if arguments.order is not None and not find_orders(session, site_id, arguments.order):
            raise unknown_order(arguments.name, arguments.order)
    if arguments.queue:
        return _hand_over(arguments, context, site_id)
    with context.runtime() as runtime:
        report = retry_orders(
            runtime,
            site_id,
            number=arguments.order,
            code=arguments.code,
            state=arguments.state,
            actor=ACTOR,
        )
    if report.retried:
        text = f"{arguments.name}: {count(report.retried, 'order')} tried again: {states_text(report.states)}."
    else:
        text = f"{arguments.name}: no order fits, nothing was tried again."
    return Answer(data={"retried": report.retried, "states": report.states}, text=text)


def _hand_over(arguments: argparse.Namespace, context: Context, site_id: int) -> Answer:
    from jobs.enqueue import request_retries  # the queue's client takes long to load

    return handed_over(
        context,
        arguments.name,
        lambda connection: request_retries(
            context.engine,
            connection,
            site_id,
            now=utc_now(),
            actor=ACTOR,
            order=arguments.order,
            code=arguments.code,
            state=arguments.state,
        ),
    )
