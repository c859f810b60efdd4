"""`settlement`: payouts in, of a store or a file, and the lines that wait for a person or an order."""

import argparse
from pathlib import Path
from zoneinfo import ZoneInfo

from jobs.payouts import NoPayouts, PayoutsReport, pull_payouts
from jobs.settle import SettlementReport, import_settlement
from platforms.money import currency_digits, plain
from webapp.backoffice.books.settlement_files import Format, SettlementFile, read_settlement_file
from webapp.backoffice.books.settling import LinesDiffer, WaitingLine, worklist
from webapp.cli.context import ACTOR, Context, site_id_named, site_named
from webapp.cli.faults import CommandFault
from webapp.cli.output import Answer
from webapp.cli.sheet_faults import wrong_rows
from webapp.cli.tables import at, count, cut, money, table
from webapp.database import utc_now

SHOWN = 50


def declare(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(metavar="ACT", required=True)
    bring = acts.add_parser("import", help="apply a payout file, whole or not at all")
    bring.add_argument("name", metavar="NAME", help="the site")
    bring.add_argument("file", metavar="FILE", help="CSV or XLSX")
    bring.add_argument(
        "--format",
        choices=[str(each) for each in Format],
        help="what the file is, where its heading does not tell",
    )
    bring.set_defaults(run=run_import)
    pull = acts.add_parser("pull", help="read what a marketplace has paid out")
    pull.add_argument("name", metavar="NAME", help="the site")
    pull.set_defaults(run=run_pull)
    waiting = acts.add_parser("worklist", help="lines that are not posted yet, and why")
    waiting.add_argument("name", metavar="NAME", help="the site")
    waiting.set_defaults(run=run_worklist)


def run_import(arguments: argparse.Namespace, context: Context) -> Answer:
    with context.reading() as session:
        site = site_named(session, arguments.name)
        site_id, zone = site.id, ZoneInfo(site.timezone)
    file = _read(arguments, zone)
    with context.runtime() as runtime:
        try:
            done = import_settlement(runtime, site_id, file, actor=ACTOR)
        except LinesDiffer as fault:
            raise wrong_rows(arguments.file, fault.problems) from fault
    data = {
        "rows": done.rows,
        "posted": done.posted,
        "unchanged": done.unchanged,
        "unmatched": [_short(line) for line in done.unmatched],
        "ignored": done.ignored,
        "format": str(file.format),
    }
    return Answer(data=data, text=lambda: _import_text(arguments.name, done))


def run_pull(arguments: argparse.Namespace, context: Context) -> Answer:
    site_id = site_id_named(context, arguments.name)
    with context.runtime() as runtime:
        try:
            done = pull_payouts(runtime, site_id, actor=ACTOR)
        except NoPayouts as fault:
            raise CommandFault(
                "no_payouts",
                str(fault),
                f"Import its file: bin/tillbridge settlement import {fault.site} FILE",
            ) from fault
    data = {
        "run": done.run,
        "rows": done.rows,
        "posted": done.posted,
        "unchanged": done.unchanged,
        "unmatched": [_short(line) for line in done.unmatched],
        "reread": done.reread,
        "requests": done.requests,
        "watermark": done.watermark,
    }
    return Answer(data=data, text=lambda: _pull_text(arguments.name, done))


def run_worklist(arguments: argparse.Namespace, context: Context) -> Answer:
    with context.reading() as session:
        lines = worklist(session, site_named(session, arguments.name).id)
    data = {"lines": [_whole(line) for line in lines]}
    return Answer(
        data=data, text=lambda: _table(lines) or f"{arguments.name}: no settlement line waits."
    )


def _read(arguments: argparse.Namespace, zone: ZoneInfo) -> SettlementFile:
    chosen = Format(arguments.format) if arguments.format else None
    today = utc_now().astimezone(zone).date()
    file = read_settlement_file(Path(arguments.file), zone, today, format=chosen)
    if file.problems:
        raise wrong_rows(arguments.file, file.problems)
    return file


def _short(line: WaitingLine) -> dict[str, object]:
    return {
        "reference": line.reference,
        "order_number": line.order_number,
        "net": plain(line.net, currency_digits(line.currency)),
        "code": line.code,
        "message": line.message,
    }


def _whole(line: WaitingLine) -> dict[str, object]:
    digits = currency_digits(line.currency)
    return {
        "reference": line.reference,
        "order_number": line.order_number,
        "gross": plain(line.gross, digits),
        "fee": plain(line.fee, digits),
        "net": plain(line.net, digits),
        "currency": line.currency,
        "date": line.settled_on,
        "code": line.code,
        "message": line.message,
    }


def _import_text(site: str, done: SettlementReport) -> str:
    lines = [
        f"{site}: {count(done.rows, 'row')} read, {done.posted:,} posted, "
        f"{done.unchanged:,} imported before, {done.ignored:,} that settle nothing."
    ]
    if done.unmatched:
        waits = count(len(done.unmatched), "line waits", "lines wait")
        lines += [f"{waits} in the worklist:", _table(done.unmatched)]
    return "\n".join(lines)


def _pull_text(site: str, done: PayoutsReport) -> str:
    lines = [
        f"{site}: {count(done.rows, 'payout')} listed, {done.posted:,} posted, "
        f"{done.unchanged:,} known before, {count(done.requests, 'request')}."
    ]
    if done.watermark:
        lines.append(f"Read up to {at(done.watermark)} UTC of the store's clock.")
    if done.unmatched:
        waits = count(len(done.unmatched), "payout waits", "payouts wait")
        lines += [f"{waits} in the worklist:", _table(done.unmatched)]
    return "\n".join(lines)


def _table(lines: list[WaitingLine] | tuple[WaitingLine, ...]) -> str:
    rows = [
        (
            line.settled_on.isoformat(),
            cut(line.reference, 30),
            cut(line.order_number, 16) or "–",
            f"{money(line.net, line.currency)} {line.currency}",
            line.code,
            cut(line.message, 80),
        )
        for line in lines[:SHOWN]
    ]
    headings = ("date", "reference", "order", "net", "code", "why")
    text = table(headings, rows, right=("net",))
    if len(lines) > SHOWN:
        text += f"\n… and {len(lines) - SHOWN:,} more; --json lists them all."
    return text
