"""The generic settlement sheet, for every provider whose report is brought into its columns."""

import hashlib
from collections import Counter
from datetime import date
from zoneinfo import ZoneInfo

from webapp.backoffice.books.settlement import LineKind
from webapp.backoffice.books.settlement_files.cells import read_day
from webapp.backoffice.books.settlement_files.rows import (
    REFERENCE_LENGTH,
    Cells,
    FileLine,
    Format,
    ReadRows,
    SettlementFile,
    file_of,
    number_clues,
)
from webapp.backoffice.files.sheets import Sheet, read_sheet

COLUMNS = ("reference", "order_number", "type", "gross", "fee", "net", "currency", "date")
NEEDED = ("order_number", "gross", "fee", "net", "currency", "date")


def read(content: bytes, zone: ZoneInfo) -> SettlementFile:
    """The lines of a generic sheet. SheetUnreadable: columns are missing."""
    sheet = read_sheet(content, COLUMNS, needed=NEEDED)
    return file_of(Format.GENERIC, sheet, _lines(sheet, zone))


def _lines(sheet: Sheet, zone: ZoneInfo) -> ReadRows:
    equal: Counter[str] = Counter()
    for row in sheet.rows:
        cells = Cells(row)
        yield cells, _line(cells, zone, equal)


def _line(cells: Cells, zone: ZoneInfo, equal: Counter[str]) -> FileLine:
    currency = cells.currency()
    for column in ("gross", "net", "date"):
        cells.needed(column)
    gross, fee, net = (cells.amount(column, currency) for column in ("gross", "fee", "net"))
    settled_on = cells.read("date", lambda text: read_day(text, zone), date.min)
    number = cells.text("order_number")
    kind = _kind(cells, is_negative=gross < 0)
    reference = cells.text("reference", limit=REFERENCE_LENGTH)
    if not reference:
        amounts = (f"{amount.normalize():f}" for amount in (gross, fee, net))
        values = (number, kind, *amounts, currency, settled_on.isoformat())
        hashed = hashlib.sha256("\x1f".join(values).encode()).hexdigest()[:24]
        equal[hashed] += 1
        reference = f"{hashed}-{equal[hashed]}"
    return FileLine(
        row=cells.row.number,
        key=f"csv:{reference}",
        kind=kind,
        gross=gross,
        fee=fee,
        net=net,
        currency=currency,
        settled_on=settled_on,
        order_number=number,
        clues=number_clues(number),
    )


def _kind(cells: Cells, *, is_negative: bool) -> LineKind:
    said = cells.text("type").casefold()
    if said in (LineKind.CHARGE, LineKind.REFUND):
        return LineKind(said)
    if said:
        message = f"“{said}” is neither charge nor refund; left blank, the sign of gross tells."
        cells.fault("type", message)
    return LineKind.REFUND if is_negative else LineKind.CHARGE
