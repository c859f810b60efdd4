"""Finding listings of a site: by kind, by the beginnings of words, in the order that was asked for.

First the ids of one page are found, by indexes that end like the sort; then `rows` reads them.
"""

from collections.abc import Mapping as Address
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, literal, select, union_all
from sqlalchemy.orm import Session, aliased

from webapp.admin.frame.formatters import CAP
from webapp.admin.frame.paging import PAGE_SIZE, Page, within_cap
from webapp.admin.frame.site_facts import SiteFacts
from webapp.admin.mapping.held_up import AllHeld, held_up
from webapp.admin.mapping.rows import ListingRow, read_rows
from webapp.backoffice.goods.listing_words import words_of
from webapp.models.catalogue import NAME_KEY_LENGTH, Kind, Listing, ListingWord

KINDS = ("unmapped", "mapped", "ignored", "all")
SORTS = ("held", "name", "sku")
MOST_WORDS = 6
FEW = 2_000
BEHIND_ALL = chr(0x10FFFF)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingFilter:
    """What the address asks for. `text`: beginnings of words of the name, of the SKU, of the id."""

    kind: str | None = None
    text: str = ""
    sort: str = "held"
    is_descending: bool = False
    page: int = 1

    def address(self, **changes: Any) -> dict[str, str]:
        asked: dict[str, Any] = {
            "show": self.kind,
            "q": self.text or None,
            "sort": self.sort if self.sort != "held" else None,
            "dir": "desc" if self.is_descending else None,
            **changes,
        }
        return {key: str(value) for key, value in asked.items() if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One page of listings, the counts of the tabs, and what all unmapped ones hold up."""

    page: Page[ListingRow]
    counts: dict[str, int]
    held: AllHeld


def read_listing_filter(args: Address[str, str]) -> ListingFilter:
    kind, page, sort = args.get("show"), args.get("page", "1"), args.get("sort", "held")
    return ListingFilter(
        kind=kind if kind in KINDS else None,
        text=args.get("q", "").strip()[:NAME_KEY_LENGTH],
        sort=sort if sort in SORTS else "held",
        is_descending=args.get("dir") == "desc",
        page=int(page) if page.isdecimal() and 0 < len(page) < 6 else 1,
    )


def kind_counts(session: Session, site_id: int) -> dict[str, int]:
    """A site's listings by kind, gone ones too; all four keys, each one above the cap at most."""
    parts = []
    for kind in Kind:
        capped = (
            select(Listing.id)
            .where(Listing.site_id == site_id, Listing.kind == kind.value)
            .limit(CAP + 1)
            .subquery()
        )
        total = select(func.count()).select_from(capped).scalar_subquery()
        parts.append(select(literal(kind.value), total))
    counts = {name: int(number) for name, number in session.execute(union_all(*parts))}
    counts["all"] = min(sum(counts.values()), CAP + 1)
    return counts


def find_listings(
    session: Session,
    site: SiteFacts,
    asked: ListingFilter,
    *,
    size: int = PAGE_SIZE,
    counts: dict[str, int] | None = None,
) -> Found:
    """One page. Sorted by "held": what holds up the most money, then unmapped before mapped."""
    counts = counts or kind_counts(session, site.id)
    held = held_up(session, site)
    kind = asked.kind or "all"
    number = within_cap(asked.page)
    start = (number - 1) * size
    if asked.text:
        ids, total = _search(session, site.id, asked, kind, held, start, size)
    else:
        total = counts[kind]
        ids = _walk(session, site.id, asked, kind, held, counts, start, size)
    rows = read_rows(session, site, ids, held)
    return Found(page=Page(rows=rows, number=number, total=total), counts=counts, held=held)


# --- without a search ---------------------------------------------------------------------------


def _walk(
    session: Session,
    site_id: int,
    asked: ListingFilter,
    kind: str,
    held: AllHeld,
    counts: dict[str, int],
    start: int,
    size: int,
) -> list[int]:
    if asked.sort != "held":
        conditions = [Listing.site_id == site_id]
        if kind != "all":
            conditions.append(Listing.kind == kind)
        query = select(Listing.id).where(*conditions).order_by(*_order(asked))
        return list(session.scalars(query.offset(start).limit(size)))
    first = held.ids(kind)
    ids = first[start : start + size]
    start = max(0, start - len(first))
    holding = set(first)
    for each in Kind:
        if kind not in ("all", each.value):
            continue
        skipped = [key for key in first if held.by_listing[key].kind == each.value]
        behind = counts[each.value] - len(skipped)
        if len(ids) < size and start < behind:
            # The few that stand above already are left out of the walk, and so read past.
            query = (
                select(Listing.id)
                .where(Listing.site_id == site_id, Listing.kind == each.value)
                .order_by(Listing.sort_name, Listing.id)
                .limit(start + size + len(skipped))
            )
            rest = [key for key in session.scalars(query) if key not in holding]
            ids += rest[start : start + size - len(ids)]
        start = max(0, start - behind)
    return ids


def _order(asked: ListingFilter) -> tuple[Any, ...]:
    column = Listing.sku if asked.sort == "sku" else Listing.sort_name
    if asked.is_descending:
        return column.desc(), Listing.id.desc()
    return column, Listing.id


# --- with a search ------------------------------------------------------------------------------


def _search(
    session: Session,
    site_id: int,
    asked: ListingFilter,
    kind: str,
    held: AllHeld,
    start: int,
    size: int,
) -> tuple[list[int], int]:
    beginnings = _beginnings(session, site_id, asked.text)
    if not beginnings:
        return [], 0
    driver = min(beginnings, key=lambda each: _how_many(session, site_id, each))
    query = (
        select(ListingWord.listing_id)
        .distinct()
        .where(ListingWord.site_id == site_id, _begins(ListingWord, driver))
    )
    for other in beginnings:
        if other != driver:
            word = aliased(ListingWord)
            query = query.where(
                select(word.word)
                .where(word.listing_id == ListingWord.listing_id, _begins(word, other))
                .exists()
            )
    if kind != "all":
        query = query.join(Listing, Listing.id == ListingWord.listing_id).where(
            Listing.kind == kind
        )
    found = list(session.scalars(query.limit(CAP + 1)))
    first: list[int] = []
    if asked.sort == "held":
        among = set(found)
        first = [key for key in held.ids("all") if key in among]
    ids = first[start : start + size]
    if len(ids) < size:
        candidates = query.limit(CAP + 1).subquery()
        order = _order(asked)
        if asked.sort == "held":
            order = (Listing.kind != Kind.UNMAPPED.value, *order)
        rest = session.scalars(
            select(Listing.id)
            .join(candidates, candidates.c.listing_id == Listing.id)
            .order_by(*order)
            .limit(start + size + len(first))
        )
        others = [key for key in rest if key not in set(first)]
        at = max(0, start - len(first))
        ids += others[at : at + size - len(ids)]
    return ids, len(found)


def _beginnings(session: Session, site_id: int, text: str) -> Sequence[str]:
    """What was typed, as beginnings of words: a SKU with its signs, where one begins so."""
    found: list[str] = []
    for typed in text.casefold().split()[:MOST_WORDS]:
        parts = words_of(typed)
        is_whole = parts == (typed,) or _how_many(session, site_id, typed, most=1) > 0
        found += [typed] if is_whole else parts
    return tuple(dict.fromkeys(found))


def _how_many(session: Session, site_id: int, beginning: str, *, most: int = FEW) -> int:
    capped = (
        select(ListingWord.word)
        .where(ListingWord.site_id == site_id, _begins(ListingWord, beginning))
        .limit(most)
    )
    return session.scalar(select(func.count()).select_from(capped.subquery())) or 0


def _begins(word: Any, beginning: str) -> ColumnElement[bool]:
    """A single sign begins too many words to be looked for: it must be one."""
    condition: ColumnElement[bool] = (
        (word.word >= beginning) & (word.word < beginning + BEHIND_ALL)
        if len(beginning) > 1
        else word.word == beginning
    )
    return condition
