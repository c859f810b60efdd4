"""The sheet of counted quantities: what its rows say. Pure."""

import re
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal

from webapp.backoffice.files.sheets import Sheet, SheetProblem, SheetRow, unseen
from webapp.models.types import scaled

COLUMNS = ("sku", "name", "on_hand", "cost")
NEEDED = ("sku", "on_hand")
TEXTS = ("sku", "name")
LARGEST = 100_000_000
_AMOUNT = re.compile(r"[0-9]{1,20}(\.[0-9]{1,20})?")
_WHOLE = re.compile(r"[0-9]{1,10}(\.0+)?")


@dataclass(frozen=True, slots=True)
class CountedRow:
    """One row of the sheet; `on_hand` None: the item is only made or named, not counted."""

    number: int
    sku: str
    name: str
    on_hand: int | None
    cost: Decimal | None


def one_count(*, sku: str, on_hand: str, name: str = "", cost: str = "") -> Sheet:
    """One counted item as a sheet: a form and a file are read alike."""
    cells = {"sku": sku, "name": name, "on_hand": on_hand, "cost": cost}
    return Sheet(columns=COLUMNS, rows=(SheetRow(number=1, cells=cells),), problems=())


def read_counts(sheet: Sheet) -> tuple[list[CountedRow], list[SheetProblem]]:
    """The rows of a stock sheet, and everything that is wrong with them. Pure."""
    problems = list(sheet.problems)
    rows = []
    for row in sheet.rows:
        faults: list[tuple[str, str]] = []
        sku = row.text("sku")
        if not sku:
            faults.append(("sku", "The row names no stock item."))
        elif len(sku) > 200:
            faults.append(("sku", "A SKU has at most 200 characters."))
        faults += [(name, unseen(row.text(name))) for name in TEXTS if unseen(row.text(name))]
        counted = _count(row, faults)
        cost = _cost(row, faults)
        if faults:
            problems += [
                SheetProblem(row=row.number, column=column, message=message)
                for column, message in faults
            ]
        else:
            rows.append(CountedRow(row.number, sku, row.text("name"), counted, cost))
    return rows, problems


def _count(row: SheetRow, faults: list[tuple[str, str]]) -> int | None:
    text = row.text("on_hand")
    if not text:
        return None
    number = int(text.partition(".")[0]) if _WHOLE.fullmatch(text) else None
    if number is None or number > LARGEST:
        message = f"“{text[:40]}” is not a whole number from 0 to {LARGEST:,}."
        faults.append(("on_hand", message))
        return None
    return number


def _cost(row: SheetRow, faults: list[tuple[str, str]]) -> Decimal | None:
    text = row.text("cost")
    if not text:
        return None
    if _AMOUNT.fullmatch(text):
        cost = Decimal(text)
        with suppress(ValueError):  # too large, or finer than what is kept
            if scaled(cost) >= 0:
                return cost
    faults.append(
        ("cost", f"“{text[:40]}” is not an amount such as 12.50 (four decimals at most).")
    )
    return None
