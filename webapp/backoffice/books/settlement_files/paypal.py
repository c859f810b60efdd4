"""PayPal's activity report.

Source: the columns of the activity download (all transactions, CSV, in English).
"""

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from webapp.backoffice.books.settlement import LineKind
from webapp.backoffice.books.settlement_files.cells import (
    DayOrder,
    day_order,
    read_time,
    read_written_day,
    read_zone,
)
from webapp.backoffice.books.settlement_files.rows import (
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

NEEDED = ("date", "type", "status", "currency", "gross", "fee", "net", "transaction_id")
ZONES = ("timezone", "time_zone")
COLUMNS = (
    *NEEDED, "time", *ZONES, "reference_txn_id", "invoice_number", "balance_impact",
)  # fmt: skip
MARKS = frozenset({"transaction_id", "type", "status", "gross", "net"})

TRANSFERS = ("withdrawal", "transfer to bank", "transfer from bank", "bank deposit to pp")
OTHERS = re.compile(
    r"\b(chargeback|dispute|conversion|hold|release|reserve|reversal|fee|adjustment)"
)

_LAST_DIGITS = re.compile(r"\d+$")


def read(content: bytes, headings: Sequence[str], zone: ZoneInfo, today: date) -> SettlementFile:
    """The lines of a report. SheetUnreadable: columns are missing, or its dates are ambiguous."""
    columns = [name for name in COLUMNS if name in headings or name in NEEDED]
    sheet = read_sheet(content, columns, needed=NEEDED)
    written = [row.text("date") for row in sheet.rows]
    # The report's own time zone may be a day ahead of the site's.
    order = day_order(written, today + timedelta(days=1))
    if order is None:
        message = (
            "It cannot be told whether the dates begin with the day or the month: download "
            "a longer period, one with a day after the 12th."
        )
        raise SheetUnreadable(SheetProblem(row=2, column="date", message=message))
    return file_of(Format.PAYPAL, sheet, _lines(sheet, zone, order))


def _lines(sheet: Sheet, zone: ZoneInfo, order: DayOrder) -> ReadRows:
    for row in sheet.rows:
        cells = Cells(row)
        yield cells, None if _settles_nothing(cells) else _line(cells, zone, order)


def _settles_nothing(cells: Cells) -> bool:
    """Not completed, without effect on the balance, or only moved to or from a bank."""
    said = cells.text("type").casefold()
    return (
        cells.text("status").casefold() != "completed"
        or cells.text("balance_impact").casefold() == "memo"
        or any(word in said for word in TRANSFERS)
    )


def _line(cells: Cells, zone: ZoneInfo, order: DayOrder) -> FileLine:
    currency = cells.currency()
    gross = cells.amount("gross", currency)
    kind = LineKind.REFUND if gross < 0 else LineKind.CHARGE
    if OTHERS.search(cells.needed("type").casefold()):
        kind = LineKind.OTHER
    own = cells.needed("transaction_id", limit=VALUE_LENGTH)
    invoice = cells.text("invoice_number", limit=200)[:VALUE_LENGTH]
    return FileLine(
        row=cells.row.number,
        key=f"paypal:{own}",
        kind=kind,
        gross=gross,
        # What PayPal took arrives negative.
        fee=-cells.amount("fee", currency),
        net=cells.amount("net", currency),
        currency=currency,
        settled_on=_day(cells, zone, order),
        order_number=invoice,
        transaction_id=own,
        clues=once(
            (
                *payment_clues(own),
                *number_clues(*_after_prefix(invoice)),
                *payment_clues(cells.text("reference_txn_id")),
            )
        ),
    )


def _day(cells: Cells, zone: ZoneInfo, order: DayOrder) -> date:
    cells.needed("date")
    day = cells.read("date", lambda text: read_written_day(text, order), date.min)
    at = cells.read("time", read_time, time.min)
    named = next((name for name in ZONES if cells.text(name)), "")
    where: tzinfo = zone
    if named:
        where = cells.read(named, read_zone, where)
    if day == date.min:
        return day
    return datetime.combine(day, at, where).astimezone(zone).date()


def _after_prefix(invoice: str) -> tuple[str, ...]:
    """An invoice number as it is, then without the prefix that a store puts before it."""
    digits = _LAST_DIGITS.search(invoice)
    return (invoice, re.split(r"[-_/#\s]", invoice)[-1], digits.group() if digits else "")
