"""`books`: trial balance, what is not paid out, the proof that they hold, the journal as a file."""

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from jobs.runtime import Progress
from platforms import registry
from platforms.money import currency_digits, plain
from webapp.backoffice.reports.clearing import CHAPTERS, Clearing, clearing
from webapp.backoffice.reports.exporting import Exported, beancount_text, csv_text
from webapp.backoffice.reports.trial_balance import CurrencyBalance, trial_balance
from webapp.backoffice.reports.verifying import VerifyReport, verify_books
from webapp.cli.arguments import day
from webapp.cli.context import Context, site_named
from webapp.cli.output import Answer
from webapp.cli.progress import shown_progress
from webapp.cli.tables import count, money, table
from webapp.cli.whole_files import write_whole
from webapp.database import reading, utc_now

SHOWN = 20
CLEARING_SHOWN = 100
FORMATS: dict[str, Callable[[Session, Exported], Iterator[str]]] = {
    "beancount": beancount_text,
    "csv": csv_text,
}


def declare(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(metavar="ACT", required=True)
    balance = acts.add_parser("trial-balance", help="what every ledger stands at")
    balance.add_argument("--site", metavar="NAME", help="one site's entries only")
    balance.add_argument("--at", type=day, metavar="DATE", help="after this day (YYYY-MM-DD)")
    balance.set_defaults(run=run_trial_balance)
    left = acts.add_parser("clearing", help="what is not paid out yet, by order and age")
    left.add_argument("name", metavar="NAME", help="the site")
    left.add_argument("--at", type=day, metavar="DATE", help="after this day (YYYY-MM-DD)")
    left.set_defaults(run=run_clearing)
    verify = acts.add_parser("verify", help="recompute every order and compare with the books")
    verify.set_defaults(run=run_verify)
    export = acts.add_parser("export", help="the journal as a file")
    export.add_argument("--format", choices=sorted(FORMATS), required=True)
    export.add_argument("file", metavar="FILE")
    export.set_defaults(run=run_export)


def run_trial_balance(arguments: argparse.Namespace, context: Context) -> Answer:
    with context.reading() as session:
        site_id = site_named(session, arguments.site).id if arguments.site else None
        balances = trial_balance(session, site_id=site_id, at=arguments.at)
    data = {"currencies": {currency: _balance(found) for currency, found in balances.items()}}
    return Answer(data=data, text=lambda: balances_text(balances))


def run_clearing(arguments: argparse.Namespace, context: Context) -> Answer:
    with context.reading() as session:
        site = site_named(session, arguments.name)
        today = utc_now().astimezone(ZoneInfo(site.timezone)).date()
        found = clearing(session, site, at=arguments.at or today)
    digits = currency_digits(found.currency)
    data = {
        "currency": found.currency,
        "balance": plain(found.balance, digits),
        "orders": [
            {
                "number": each.number,
                "balance": plain(each.balance, digits),
                "age_days": each.age_days,
                "chapters": {name: plain(sum_, digits) for name, sum_ in each.chapters.items()},
                "date": each.since,
            }
            for each in found.orders
        ],
    }
    return Answer(data=data, text=lambda: clearing_text(arguments.name, found))


def run_verify(arguments: argparse.Namespace, context: Context) -> Answer:
    with shown_progress() as progress:
        report = verified(context.engine, progress)
    data = verify_data(report)
    faults = verify_faults(report)
    return Answer(
        data=data,
        text=""
        if faults
        else f"The books hold: {count(report.entries, 'entry', 'entries')} balance, "
        f"and {count(report.orders, 'order')} recomputed from the stored payloads agree.",
        complaint="\n".join(faults),
        next_step="bin/tillbridge order NAME NUMBER shows an order's entries; Retry posts what is missing."
        if faults
        else "",
    )


def run_export(arguments: argparse.Namespace, context: Context) -> Answer:
    exported = Exported()
    with context.reading() as session:
        write_whole(Path(arguments.file), FORMATS[arguments.format](session, exported))
    data = {"entries": exported.entries, "lines": exported.lines}
    said = f"{count(exported.entries, 'entry', 'entries')} with {count(exported.lines, 'line')} written to {arguments.file}."
    return Answer(data=data, text=said)


def balances_text(balances: dict[str, CurrencyBalance]) -> str:
    """The trial balance for people, one table a currency."""
    if not balances:
        return "Nothing has been posted yet."
    return "\n\n".join(_balance_text(balance) for balance in balances.values())


def clearing_text(site: str, found: Clearing) -> str:
    """What is left on clearing for people, the oldest first."""
    if not found.orders:
        return f"{site}: everything is paid out; clearing stands at zero."
    code = found.currency
    headings = ("order", "sold on", "days", *(each.value for each in CHAPTERS), "left")
    rows = [
        (
            each.number,
            each.since.isoformat(),
            f"{each.age_days:,}",
            *(money(each.chapters[name], code) if each.chapters[name] else "" for name in CHAPTERS),
            money(each.balance, code),
        )
        for each in found.orders[:CLEARING_SHOWN]
    ]
    shown = table(headings, rows, right=headings[2:])
    if len(found.orders) > CLEARING_SHOWN:
        shown += f"\n… and {len(found.orders) - CLEARING_SHOWN:,} more; --json lists them all."
    orders = count(len(found.orders), "order")
    return f"{shown}\n{site}: {money(found.balance, code)} {code} left in {orders}."


def _balance_text(balance: CurrencyBalance) -> str:
    code = balance.currency
    rows = [
        (
            row.ledger,
            row.name,
            row.type,
            money(row.debit, code) if row.debit else "",
            money(row.credit, code) if row.credit else "",
        )
        for row in balance.rows
    ]
    rows.append(("", "", "", money(balance.debit, code), money(balance.credit, code)))
    shown = table(("ledger", "name", "type", "debit", "credit"), rows, right=("debit", "credit"))
    verdict = "They balance." if balance.debit == balance.credit else "THEY DO NOT BALANCE."
    return f"{code}\n{shown}\n{verdict}"


def _balance(balance: CurrencyBalance) -> dict[str, object]:
    digits = currency_digits(balance.currency)
    return {
        "debit": plain(balance.debit, digits),
        "credit": plain(balance.credit, digits),
        "rows": [
            {
                "ledger": row.ledger,
                "name": row.name,
                "type": row.type,
                "debit": plain(row.debit, digits),
                "credit": plain(row.credit, digits),
            }
            for row in balance.rows
        ],
    }


def verified(engine: Engine, progress: Progress) -> VerifyReport:
    """The books of a database, recomputed and compared; no key is needed for it."""
    with reading(engine) as session:
        return verify_books(session, registry.get, progress)


def verify_data(report: VerifyReport) -> dict[str, object]:
    return {
        "entries": report.entries,
        "unbalanced": len(report.unbalanced),
        "duplicates": len(report.duplicates),
        "orders": report.orders,
        "drifted": [
            {"site": each.site, "number": each.number, "difference": each.difference}
            for each in report.drifted
        ],
        "unbalanced_entries": report.unbalanced,
        "duplicate_entries": report.duplicates,
    }


def verify_faults(report: VerifyReport) -> list[str]:
    """What does not agree, a line each; of many orders the first."""
    return [*entry_faults(report), *drift_lines(report)]


def entry_faults(report: VerifyReport) -> list[str]:
    """Entries that no rule explains: they do not balance, or were posted twice."""
    faults = []
    if report.unbalanced:
        faults.append(f"{count(len(report.unbalanced), 'entry does', 'entries do')} not balance.")
    if report.duplicates:
        faults.append(f"{count(len(report.duplicates), 'part was', 'parts were')} posted twice.")
    return faults


def drift_lines(report: VerifyReport) -> list[str]:
    """The orders (and stock items) that differ from what today's rules make of them."""
    lines = [f"{each.site} {each.number}: {each.difference}" for each in report.drifted[:SHOWN]]
    if len(report.drifted) > SHOWN:
        more = len(report.drifted) - SHOWN
        lines.append(f"… and {more:,} more; bin/tillbridge books verify --json lists them all.")
    return lines
