"""The rows of a batch: what one listing stands for before and after, and rows that are wrong. Pure.

They are packed page by page, under each filter that shows them, so that one page of a hundred
thousand rows is one small read.
"""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

import msgspec

from platforms.money import ZERO
from webapp.backoffice.goods.mapping_sheet import Standing

PAGE = 50
_encode = msgspec.json.Encoder().encode


class Tab(StrEnum):
    """The filters of a preview, and what the wrong rows of a sheet stand under."""

    CHANGES = "changes"
    NEW = "new"
    CHANGED = "changed"
    IGNORED = "ignored"
    MAXIMUM = "maximum"
    UNMAPPED = "unmapped"
    SAME = "same"
    ERRORS = "errors"
    AROUND = "around"


CHANGE_TABS = (Tab.NEW, Tab.CHANGED, Tab.IGNORED, Tab.MAXIMUM, Tab.UNMAPPED)


@dataclass(frozen=True, slots=True)
class Part:
    item_id: int
    sku: str
    pieces: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a listing stands for, with the names that people know it by."""

    parts: tuple[Part, ...] = ()
    ignored: str | None = None
    maximum: int | None = None

    def standing(self) -> Standing:
        return Standing(
            components=tuple((part.item_id, part.pieces) for part in self.parts),
            is_ignored=self.ignored is not None,
            max_quantity=self.maximum,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """One listing of a batch. None: unmapped.

    `rows`: where it stands in the sheet. `orders`, `money`: of the blocked orders that name it and
    go on. `shown`: what the store shows; `wanted`: what it should show afterwards, None where
    nothing is pushed. `why` says what decides it.
    """

    listing_id: int
    key: str
    name: str
    tab: Tab
    before: Told | None
    after: Told | None
    rows: str = ""
    orders: int = 0
    money: Decimal = ZERO
    shown: int | None = None
    wanted: int | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongRow:
    """One thing that is wrong in a sheet: `value` is the cell, `hint` what may have been meant."""

    row: int
    column: str
    value: str
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetLine:
    """A row of the sheet as it stands there; `wrong` are its columns with an error."""

    row: int
    cells: dict[str, str]
    wrong: tuple[str, ...] = ()


AnyRow = ChangeRow | WrongRow | SheetLine
_Row = TypeVar("_Row", ChangeRow, WrongRow, SheetLine)


def packed_pages(rows: Sequence[AnyRow]) -> Iterator[bytes]:
    """Rows as pages of fifty, the first page first."""
    for start in range(0, len(rows), PAGE):
        yield zlib.compress(_encode(rows[start : start + PAGE]), 1)


def unpacked(body: bytes, kind: type[_Row]) -> list[_Row]:
    return msgspec.json.decode(zlib.decompress(body), type=list[kind])  # type: ignore[valid-type]


def tab_of(before: Standing | None, after: Standing | None) -> Tab:
    """Under which filter a listing's change stands."""
    if before == after:
        return Tab.SAME
    if after is None:
        return Tab.UNMAPPED
    if after.is_ignored:
        return Tab.IGNORED
    if before is None:
        return Tab.NEW
    return Tab.MAXIMUM if after.means_the_same(before) else Tab.CHANGED


def row_numbers(numbers: Iterable[int]) -> str:
    """Rows of a sheet as people say them: "3", "3, 4", "9 to 11"."""
    kept = sorted(numbers)
    if len(kept) > 2 and kept[-1] - kept[0] == len(kept) - 1:
        return f"{kept[0]} to {kept[-1]}"
    return ", ".join(str(number) for number in kept)
