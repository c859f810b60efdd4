"""`ledger`: the chart of accounts."""

import argparse
from pathlib import Path

from webapp.backoffice.files.sheets import read_sheet_file
from webapp.backoffice.setup.chart import COLUMNS, NEEDED, import_ledgers, list_ledgers
from webapp.cli.context import ACTOR, Context
from webapp.cli.output import Answer
from webapp.cli.sheet_faults import wrong_rows
from webapp.cli.tables import count, table
from webapp.database import utc_now


def declare(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(metavar="ACT", required=True)
    bring = acts.add_parser("import", help="ledgers from a sheet: code, name, type, currency")
    bring.add_argument("file", metavar="FILE")
    bring.set_defaults(run=run_import)
    acts.add_parser("list", help="every ledger").set_defaults(run=run_list)


def run_import(arguments: argparse.Namespace, context: Context) -> Answer:
    with context.writing() as session:
        sheet = read_sheet_file(Path(arguments.file), COLUMNS, needed=NEEDED)
        done = import_ledgers(session, sheet, now=utc_now(), actor=ACTOR)
        if done.errors:
            raise wrong_rows(arguments.file, done.errors)
    return Answer(
        data={"created": done.created, "changed": done.changed, "unchanged": done.unchanged},
        text=f"{count(done.created, 'ledger')} made, {done.changed:,} changed, {done.unchanged:,} as before.",
    )


def run_list(arguments: argparse.Namespace, context: Context) -> Answer:
    with context.reading() as session:
        ledgers = list_ledgers(session)
    rows = [(row.code, row.name, row.type, row.currency or "any") for row in ledgers]
    return Answer(
        data={
            "ledgers": [
                {"code": row.code, "name": row.name, "type": row.type, "currency": row.currency}
                for row in ledgers
            ]
        },
        text=table(("code", "name", "type", "currency"), rows)
        or "There is no ledger yet. bin/tillbridge ledger import FILE brings them.",
    )
