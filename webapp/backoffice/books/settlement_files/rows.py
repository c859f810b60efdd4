"""What all settlement files have in common: rows become lines, and faults are collected."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from webapp.backoffice.books.settlement import LineKind
from webapp.backoffice.books.settlement_files.cells import read_amount
from webapp.backoffice.books.settlement_lines import NUMBER, TRANSACTION
from webapp.backoffice.files.sheets import Sheet, SheetProblem, SheetRow

REFERENCE_LENGTH = 100
VALUE_LENGTH = 80
NO_CURRENCY = "XXX"
DATE_COLUMNS = frozenset(
    {"date", "available_on", "available_on_utc", "automatic_payout_effective_at",
     "automatic_payout_effective_at_utc"}
)  # fmt: skip

_CURRENCY = re.compile("[A-Z]{3}")
_DATE_CELL = re.compile(r"\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d)?")

Clue = tuple[str, str]  # (kind, value)
Value = TypeVar("Value")


class Format(StrEnum):
    GENERIC = "generic"
    STRIPE = "stripe"
    PAYPAL = "paypal"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLine:
    """One line of a settlement file. `clues` name its order, the best first.

    `key` is the line's name in all of a site's files: the format, a colon, the reference.
    Free text of the file is not kept: it may name a buyer.
    """

    row: int
    key: str
    kind: LineKind
    gross: Decimal
    fee: Decimal
    net: Decimal
    currency: str
    settled_on: date
    order_number: str = ""
    transaction_id: str = ""
    clues: tuple[Clue, ...] = ()

    @property
    def reference(self) -> str:
        return self.key.partition(":")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementFile:
    """`rows` counts rows, `ignored` those that settle nothing: transfers, repeated rows."""

    format: Format
    rows: int
    ignored: int
    lines: tuple[FileLine, ...]
    problems: tuple[SheetProblem, ...]


@dataclass(slots=True)
class Cells:
    """One row on its way to a line: what is wrong with it is collected, cell by cell."""

    row: SheetRow
    faults: list[SheetProblem] = field(default_factory=list)

    def fault(self, column: str, message: str) -> None:
        self.faults.append(SheetProblem(row=self.row.number, column=column, message=message))

    def text(self, column: str, *, limit: int = VALUE_LENGTH) -> str:
        """The cell, "" when it is blank; longer than `limit` is a fault."""
        text = self.row.text(column)
        if len(text) > limit:
            self.fault(column, f"It is longer than {limit} characters.")
        return text[:limit]

    def needed(self, column: str, *, limit: int = VALUE_LENGTH) -> str:
        """The cell; a blank one is a fault."""
        text = self.text(column, limit=limit)
        if not text:
            self.fault(column, f"The {column.replace('_', ' ')} is missing.")
        return text

    def read(self, column: str, reader: Callable[[str], Value], otherwise: Value) -> Value:
        """What `reader` makes of the cell; `otherwise` when it is blank, or faulty."""
        text = self.text(column)
        if not text:
            return otherwise
        try:
            return reader(text)
        except ValueError as fault:
            self.fault(column, str(fault))
            return otherwise

    def amount(self, column: str, currency: str) -> Decimal:
        """The amount in the cell, a blank one is 0."""
        return self.read(column, lambda text: read_amount(text, currency), Decimal(0))

    def currency(self) -> str:
        code = self.needed("currency").upper()
        if code and not _CURRENCY.fullmatch(code):
            self.fault("currency", f"“{code}” is not a currency such as MYR.")
        return code if _CURRENCY.fullmatch(code) else NO_CURRENCY


ReadRows = Iterable[tuple[Cells, FileLine | None]]


def file_of(format: Format, sheet: Sheet, read: ReadRows) -> SettlementFile:
    """Gather what was read of each row; a row without a line settles nothing.

    A key that comes twice must say the same twice.
    """
    faults = [each for each in sheet.problems if not _is_a_date(each, sheet)]
    lines: dict[str, FileLine] = {}
    for cells, line in read:
        faults += dict.fromkeys(cells.faults)
        if line is None or cells.faults:
            continue
        before = lines.setdefault(line.key, line)
        if _content(before) != _content(line):
            message = f"“{line.reference}” stands in row {before.row} with other values."
            faults.append(SheetProblem(row=line.row, column="", message=message))
    return SettlementFile(
        format=format,
        rows=len(sheet.rows),
        ignored=len(sheet.rows) - len(lines),
        lines=() if faults else tuple(lines.values()),
        problems=tuple(sorted(faults, key=lambda each: each.row)),
    )


def number_clues(*numbers: str) -> tuple[Clue, ...]:
    """Clues by order number, also without the # that people write before it."""
    written = (each for number in numbers for each in (number, number.lstrip("# ")))
    return once((NUMBER, each) for each in written if each)


def payment_clues(*ids: str) -> tuple[Clue, ...]:
    """Clues by the gateway's id of the payment."""
    return once((TRANSACTION, each) for each in ids if each)


def once(clues: Iterable[Clue]) -> tuple[Clue, ...]:
    return tuple(dict.fromkeys(clues))


def _content(line: FileLine) -> tuple[object, ...]:
    return (line.kind, line.gross, line.fee, line.net, line.currency, line.settled_on, line.clues)


def _is_a_date(problem: SheetProblem, sheet: Sheet) -> bool:
    """A spreadsheet made a date of the cell, and a date is what we want."""
    if problem.column not in DATE_COLUMNS:
        return False
    text = next((row.text(problem.column) for row in sheet.rows if row.number == problem.row), "")
    return bool(_DATE_CELL.fullmatch(text))
