"""`orders NAME`: a site's orders, newest first, by state or cause."""

import argparse

from sqlalchemy.orm import Session

from platforms.money import currency_digits, plain
from webapp.backoffice.reports.order_causes import WAITING_FOR_SOMETHING, Cause, causes
from webapp.backoffice.reports.order_list import (
    OrderFilter,
    OrderRow,
    count_orders,
    list_orders,
)
from webapp.backoffice.reports.order_view import next_step
from webapp.backoffice.states import State, counts_by_state
from webapp.cli.arguments import positive
from webapp.cli.context import Context, site_named
from webapp.cli.output import Answer, instant
from webapp.cli.tables import at, count, cut, money, states_text, table


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="the site")
    parser.add_argument("--state", choices=[state.value for state in State])
    parser.add_argument("--code", help="a cause, such as unmapped_listing")
    parser.add_argument(
        "--limit", type=positive, default=50, metavar="N", help="how many to list (50)"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    with context.reading() as session:
        site = site_named(session, arguments.name)
        wanted = OrderFilter(site_id=site.id, state=arguments.state, code=arguments.code)
        found = count_orders(session, wanted)
        states = counts_by_state(session, site.id)
        rows = list_orders(session, wanted, limit=arguments.limit)
        held_up = [] if context.wants_json else _held_up(session, wanted)
    data = {"count": found, "states": states, "orders": [_row(row) for row in rows]}
    return Answer(data=data, text=lambda: _text(site.name, found, states, rows, held_up))


def _held_up(session: Session, wanted: OrderFilter) -> list[Cause]:
    states = [state for state in WAITING_FOR_SOMETHING if wanted.state in (None, state)]
    sites = None if wanted.site_id is None else [wanted.site_id]
    return causes(session, sites=sites, states=states, code=wanted.code)


def _row(row: OrderRow) -> dict[str, object]:
    total = None if row.total is None else plain(row.total, currency_digits(row.currency))
    return {
        "number": row.number,
        "remote_id": row.remote_id,
        "state": row.state,
        "code": row.code,
        "message": row.message,
        "status": row.status,
        "currency": row.currency,
        "total": total,
        "ordered_at": instant(row.ordered_at),
        "attempts": row.attempts,
        "next_attempt_at": instant(row.next_attempt_at),
    }


def _text(
    site: str, found: int, states: dict[str, int], rows: list[OrderRow], held_up: list[Cause]
) -> str:
    lines = [f"{site}: {states_text(states)}"]
    for cause in held_up:
        sums = ", ".join(
            f"{currency} {money(sum_, currency)}" for currency, sum_ in cause.money.items()
        )
        lines.append(
            f"  {count(cause.orders, 'order')} {cause.state}, {cause.code} ({sums}): {next_step(cause.code)}"
        )
    if not rows:
        return "\n".join(
            [*lines, "", "No order fits. bin/tillbridge pull reads the store's orders."]
        )
    lines += ["", _table(rows)]
    if found > len(rows):
        lines.append(f"{count(found, 'order')} in all; --limit {found} lists them.")
    return "\n".join(lines)


def _table(rows: list[OrderRow]) -> str:
    return table(
        ("number", "placed", "status", "total", "", "state", "why"),
        [
            (
                row.number,
                at(row.ordered_at),
                row.status,
                money(row.total, row.currency),
                row.currency,
                row.state,
                cut(row.message or "", 70) if row.code else "",
            )
            for row in rows
        ],
        right=("total",),
    )
