"""The mapping sheet: what its rows ask for, listing by listing. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from webapp.backoffice.files.sheets import Sheet, SheetProblem, SheetRow

COLUMNS = (
    "listing_id",
    "listing_sku",
    "listing_name",
    "sku",
    "quantity",
    "ignore",
    "max_quantity",
)
NEEDED = (("listing_id", "listing_sku"), ("sku", "ignore"))
LARGEST = 1_000_000
_WHOLE = re.compile(r"[0-9]{1,9}(\.0+)?")


@dataclass(frozen=True, slots=True)
class Standing:
    """What a listing stands for: components (stock item id, pieces) sorted by id, or ignored."""

    components: tuple[tuple[int, int], ...] = ()
    is_ignored: bool = False
    max_quantity: int | None = None

    def means_the_same(self, other: "Standing") -> bool:
        """Whether orders read with either one come out alike (a maximum concerns none)."""
        return (self.components, self.is_ignored) == (other.components, other.is_ignored)


@dataclass(frozen=True, slots=True)
class Stood:
    """A mapping that stands: its row's id and what it says."""

    mapping_id: int
    standing: Standing
    ignore_reason: str = ""


Standings = dict[int, Stood]  # by listing id; an unmapped listing is not in it


@dataclass(frozen=True, slots=True)
class KnownListings:
    """The listings of a site by key, and by casefolded SKU (gone ones only where no other is)."""

    by_key: Mapping[str, int]
    by_sku: Mapping[str, Sequence[int]]


class KnownItems:
    """Stock items by SKU; another case finds it too, where that is not ambiguous."""

    def __init__(self, ids: Mapping[str, int]) -> None:
        self._exact = ids
        self._folded: dict[str, int | None] = {}
        for sku, item_id in ids.items():
            key = sku.casefold()
            self._folded[key] = None if key in self._folded else item_id

    def find(self, sku: str) -> int | None:
        found = self._exact.get(sku)
        return found if found is not None else self._folded.get(sku.casefold())


@dataclass(frozen=True, slots=True)
class _ReadRow:
    number: int
    item_id: int | None
    quantity: int
    is_ignored: bool
    max_quantity: int | None


@dataclass(slots=True)
class Wanted:
    """What a sheet asks for: a listing's id to its standing, None for unmapped.

    `rows`: the numbers of the sheet's rows that name each listing.
    """

    standings: dict[int, Standing | None] = field(default_factory=dict)
    rows: dict[int, list[int]] = field(default_factory=dict)
    problems: list[SheetProblem] = field(default_factory=list)


def lacking(columns: Sequence[str]) -> str:
    """What a sheet lacks to be a mapping, as a sentence; "" when it has what it needs.

    A sheet without sku and ignore would unmap every listing that it names.
    """
    for either in NEEDED:
        if not set(either) & set(columns):
            return f"The sheet has neither a column {either[0]} nor {either[1]}."
    return ""


def read_mapping(sheet: Sheet, site: str, listings: KnownListings, items: KnownItems) -> Wanted:
    """What each listing that the sheet names is to stand for.

    Every wrong row is in `problems`, with its row, column and a sentence; a listing with a
    wrong row is in `standings` no more. The listing's id wins over its SKU where both are given.
    """
    wanted = Wanted(problems=list(sheet.problems))
    bad_rows = {problem.row for problem in sheet.problems}
    by_listing: dict[int, list[_ReadRow]] = {}
    bad_listings: set[int] = set()
    for row in sheet.rows:
        faults: list[tuple[str, str]] = []
        listing_id = _listing(row, site, listings, faults)
        read = _read_row(row, items, faults)
        wanted.problems += [SheetProblem(row=row.number, column=c, message=m) for c, m in faults]
        if listing_id is None:
            continue
        by_listing.setdefault(listing_id, []).append(read)
        if faults or row.number in bad_rows:
            bad_listings.add(listing_id)
    for listing_id, rows in by_listing.items():
        faults_of_kit = _kit_faults(rows) if listing_id not in bad_listings else []
        wanted.problems += faults_of_kit
        if not faults_of_kit and listing_id not in bad_listings:
            wanted.standings[listing_id] = _standing(rows)
            wanted.rows[listing_id] = [row.number for row in rows]
    wanted.problems.sort(key=lambda problem: problem.row)
    return wanted


def _listing(
    row: SheetRow, site: str, listings: KnownListings, faults: list[tuple[str, str]]
) -> int | None:
    key, sku = row.text("listing_id"), row.text("listing_sku")
    if key:
        found = listings.by_key.get(key)
        if found is None:
            faults.append(
                ("listing_id", f"{site} has no listing {key}. Pull the catalogue if it is new.")
            )
        return found
    if not sku:
        faults.append(("listing_id", "The row names no listing: give its listing_id."))
        return None
    fitting = listings.by_sku.get(sku.casefold(), ())
    if len(fitting) == 1:
        return fitting[0]
    faults.append(
        (
            "listing_sku",
            f"{len(fitting)} listings of {site} have the SKU {sku}: give the listing_id."
            if fitting
            else f"{site} has no listing with the SKU {sku}. Pull the catalogue if it is new.",
        )
    )
    return None


def _read_row(row: SheetRow, items: KnownItems, faults: list[tuple[str, str]]) -> _ReadRow:
    sku = row.text("sku")
    item_id = items.find(sku) if sku else None
    if sku and item_id is None:
        faults.append(("sku", f"There is no stock item {sku}. Import it with the stock first."))
    ignore = row.text("ignore").casefold()
    if ignore not in ("", "yes"):
        faults.append(("ignore", f"“{row.text('ignore')}” is neither yes nor blank."))
    if ignore == "yes" and sku:
        faults.append(("ignore", f"The row ignores the listing and maps it to {sku}: leave one."))
    return _ReadRow(
        row.number,
        item_id,
        _whole(row, "quantity", 1, faults) or 1,
        ignore == "yes",
        _whole(row, "max_quantity", 0, faults),
    )


def _whole(row: SheetRow, column: str, least: int, faults: list[tuple[str, str]]) -> int | None:
    text = row.text(column)
    if not text:
        return None
    number = int(text.partition(".")[0]) if _WHOLE.fullmatch(text) else None
    if number is None or not least <= number <= LARGEST:
        faults.append((column, f"“{text[:40]}” is not a whole number from {least} to {LARGEST:,}."))
        return None
    return number


def _kit_faults(rows: Sequence[_ReadRow]) -> list[SheetProblem]:
    """What is wrong with rows that are right one by one, but not together."""
    if len(rows) == 1:
        return []
    first = rows[0].number
    faults = []
    seen: dict[int | None, int] = {}
    for row in rows:
        if row.item_id is None:
            faults.append(
                SheetProblem(
                    row=row.number,
                    column="ignore" if row.is_ignored else "sku",
                    message=f"The listing stands on several rows (first on row {first}): "
                    "each must name a stock item of the kit.",
                )
            )
        elif row.item_id in seen:
            faults.append(
                SheetProblem(
                    row=row.number,
                    column="sku",
                    message=f"The kit names this stock item on row {seen[row.item_id]} already: "
                    "give its quantity once.",
                )
            )
        else:
            seen[row.item_id] = row.number
    limits = [row for row in rows if row.max_quantity is not None]
    faults += [
        SheetProblem(
            row=row.number,
            column="max_quantity",
            message=f"Row {limits[0].number} gives the same listing another max_quantity.",
        )
        for row in limits
        if row.max_quantity != limits[0].max_quantity
    ]
    return faults


def _standing(rows: Sequence[_ReadRow]) -> Standing | None:
    if rows[0].is_ignored:
        return Standing(is_ignored=True)
    if rows[0].item_id is None:
        return None
    return Standing(
        components=tuple(
            sorted((row.item_id, row.quantity) for row in rows if row.item_id is not None)
        ),
        max_quantity=next((row.max_quantity for row in rows if row.max_quantity is not None), None),
    )
