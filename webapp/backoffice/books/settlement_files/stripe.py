"""Stripe's itemised balance and payout reports.

Source: the columns that Stripe's report types `balance_change_from_activity.itemized` and
`payout_reconciliation.itemized` offer.
"""

import re
from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from webapp.backoffice.books.settlement import LineKind
from webapp.backoffice.books.settlement_files.cells import read_day
from webapp.backoffice.books.settlement_files.rows import (
    REFERENCE_LENGTH,
    VALUE_LENGTH,
    Cells,
    FileLine,
    Format,
    ReadRows,
    SettlementFile,
    file_of,
    number_clues,
    once,
    payment_clues,
)
from webapp.backoffice.files.sheets import Sheet, SheetProblem, SheetUnreadable, read_sheet

NEEDED = ("balance_transaction_id", "reporting_category", "gross", "fee", "net", "currency")
# The day of the payout that a line is in, else the day on which its money is available.
DAYS = (
    "automatic_payout_effective_at",
    "automatic_payout_effective_at_utc",
    "available_on",
    "available_on_utc",
)
PAYMENTS = ("source_id", "charge_id", "payment_intent_id")
ORDER = "payment_metadata[order_id]"
COLUMNS = (*NEEDED, *DAYS, *PAYMENTS, ORDER, "description")
MARKS = frozenset({"balance_transaction_id", "reporting_category"})

KINDS = {"charge": LineKind.CHARGE, "refund": LineKind.REFUND}
TRANSFERS = frozenset({"payout"})

_ORDER_IN_TEXT = re.compile(r"\border\s*(?:no\.?|number)?\s*#?\s*([\w-]*\d[\w-]*)", re.IGNORECASE)
_WITHOUT_ZONE = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?")


def read(content: bytes, headings: Sequence[str], zone: ZoneInfo) -> SettlementFile:
    """The lines of a report. SheetUnreadable: columns are missing."""
    # A report has many columns whose names are near to ours: those that it lacks are not asked for.
    columns = [name for name in COLUMNS if name in headings or name in NEEDED]
    sheet = read_sheet(content, columns, needed=NEEDED)
    if not set(DAYS) & set(sheet.columns):
        message = f"One of the columns {', '.join(DAYS)} is needed: choose it for the report."
        raise SheetUnreadable(SheetProblem(row=1, column="available_on", message=message))
    return file_of(Format.STRIPE, sheet, _lines(sheet, zone))


def _lines(sheet: Sheet, zone: ZoneInfo) -> ReadRows:
    for row in sheet.rows:
        cells = Cells(row)
        is_transfer = cells.text("reporting_category") in TRANSFERS
        yield cells, None if is_transfer else _line(cells, zone)


def _line(cells: Cells, zone: ZoneInfo) -> FileLine:
    currency = cells.currency()
    payments = [cells.text(column) for column in PAYMENTS]
    number = cells.text(ORDER)
    told = _order_in(cells.row.text("description"))
    return FileLine(
        row=cells.row.number,
        key=f"stripe:{cells.needed('balance_transaction_id', limit=REFERENCE_LENGTH)}",
        kind=KINDS.get(cells.needed("reporting_category"), LineKind.OTHER),
        gross=cells.amount("gross", currency),
        fee=cells.amount("fee", currency),
        net=cells.amount("net", currency),
        currency=currency,
        settled_on=_day(cells, zone),
        order_number=number or told,
        transaction_id=payments[0],
        clues=once((*number_clues(number), *payment_clues(*payments), *number_clues(told))),
    )


def _day(cells: Cells, zone: ZoneInfo) -> date:
    column = next((name for name in DAYS if cells.text(name)), "")
    if not column:
        cells.fault("available_on", "The date is missing.")
        return date.min

    def read_one(text: str) -> date:
        # The other columns are in the zone that the report was made for: their day stands.
        is_utc = column.endswith("_utc") and _WITHOUT_ZONE.fullmatch(text)
        return read_day(f"{text}+00:00" if is_utc else text, zone)

    return cells.read(column, read_one, date.min)


def _order_in(text: str) -> str:
    """The order that a description names; the rest of it may name a buyer and is not kept."""
    found = _ORDER_IN_TEXT.findall(text)
    return str(found[-1])[:VALUE_LENGTH] if found else ""
