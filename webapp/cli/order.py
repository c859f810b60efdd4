"""`order NAME NUMBER`: one order with its lines, stock, journal and timeline."""

import argparse
from decimal import Decimal
from typing import Any

from platforms import registry
from platforms.money import plain
from webapp.backoffice.reports.order_lines import LineView
from webapp.backoffice.reports.order_view import EntryView, OrderView, find_orders, view_order
from webapp.cli.context import Context, site_named
from webapp.cli.faults import CommandFault
from webapp.cli.order_text import order_text
from webapp.cli.output import Answer, instant


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="the site")
    parser.add_argument("number", metavar="NUMBER", help="the order's number, as the shop knows it")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    with context.reading() as session:
        site = site_named(session, arguments.name)
        found = find_orders(session, site.id, arguments.number)
        if not found:
            raise unknown_order(site.name, arguments.number)
        view = view_order(session, found[0], platforms=registry.get)
    return Answer(
        data=order_data(view, shared_by=len(found)),
        text=lambda: order_text(view),
        warnings=shared_number(arguments.number, len(found)),
    )


def unknown_order(site: str, number: str) -> CommandFault:
    return CommandFault(
        "unknown_order",
        f"{site} has no order {number!r} here.",
        f"Read it from the store with: bin/tillbridge pull {site} --order {number}",
    )


def shared_number(number: str, orders: int) -> tuple[str, ...]:
    """The warning when several orders have one number: the newest is meant."""
    if orders < 2:
        return ()
    return (
        f"{orders} orders have the number {number}; this is the newest. The store's id tells them apart.",
    )


def order_data(view: OrderView, *, shared_by: int = 1) -> dict[str, Any]:
    """The order as the command line's JSON has it, amounts at the currency's digits."""

    def amount(value: Decimal | None) -> str | None:
        return None if value is None else plain(value, view.digits)

    return {
        "number": view.number,
        "remote_id": view.remote_id,
        "site": view.site,
        "status": view.status,
        "state": view.state,
        "code": view.code,
        "message": view.message,
        "next": view.next_step or None,
        "attempts": view.attempts,
        "next_attempt_at": instant(view.next_attempt_at),
        "currency": view.currency,
        "total": amount(view.total),
        "ordered_at": instant(view.ordered_at),
        "paid_at": instant(view.paid_at),
        "shipped_at": instant(view.shipped_at),
        "retail_status": view.retail_status,
        "hold_reason": view.hold_reason,
        "orders_with_this_number": shared_by,
        "lines": [_line(line, view.digits) for line in view.lines],
        "reserved": [{"sku": sku, "quantity": held} for sku, held in view.reserved.items()],
        "moves": [
            {
                "sku": move.sku,
                "quantity": move.quantity,
                "reason": move.reason,
                "at": instant(move.at),
            }
            for move in view.moves
        ],
        "entries": [_entry(entry, view.digits) for entry in view.entries],
        "deliveries": [
            {
                "number": delivery.number,
                "source": delivery.source,
                "carrier": delivery.carrier,
                "tracking": delivery.tracking,
                "shipped_at": instant(delivery.shipped_at),
                "told": delivery.told,
                "told_message": delivery.told_message,
            }
            for delivery in view.deliveries
        ],
        "timeline": [
            {
                "at": instant(event.at),
                "from": event.from_state,
                "to": event.to_state,
                "code": event.code,
                "message": event.message,
                "attempt": event.attempt,
                "actor": event.actor,
            }
            for event in view.timeline
        ],
    }


def _line(line: LineView, digits: int) -> dict[str, Any]:
    return {
        "listing_id": line.listing_id,
        "sku": line.sku,
        "name": line.name,
        "quantity": line.quantity,
        "net": plain(line.net, digits),
        "tax": plain(line.tax, digits),
        "stock": [{"sku": piece.sku, "quantity": piece.quantity} for piece in line.stock],
    }


def _entry(entry: EntryView, digits: int) -> dict[str, Any]:
    return {
        "id": entry.id,
        "chapter": entry.chapter,
        "part": entry.part,
        "seq": entry.seq,
        "date": entry.date,
        "original_date": entry.original_date,
        "memo": entry.memo,
        "lines": [
            {
                "role": side.role,
                "ledger": side.ledger,
                "debit": plain(side.debit, digits),
                "credit": plain(side.credit, digits),
                "because": side.because,
            }
            for side in entry.lines
        ],
    }
