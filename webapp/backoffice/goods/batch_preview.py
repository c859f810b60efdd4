"""A batch of wanted mappings as rows: before, after, what it lets go and what stores would show."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from platforms.money import ZERO
from webapp.backoffice.goods.batch_rows import ChangeRow, Part, Tab, Told, row_numbers, tab_of
from webapp.backoffice.goods.change_effects import Effects, Shown, foresee
from webapp.backoffice.goods.mapping_changes import current_standings
from webapp.backoffice.goods.mapping_reach import chunks
from webapp.backoffice.goods.mapping_sheet import Standing, Standings, Stood
from webapp.models.catalogue import Listing
from webapp.models.sites import Site
from webapp.models.stock import StockItem

IGNORED_BY_SHEET = "Ignored by a mapping sheet."
_NOTHING = Shown(shown=None, wanted=None)


def preview_rows(
    session: Session,
    site: Site,
    wanted: Mapping[int, Standing | None],
    *,
    numbers: Mapping[int, Sequence[int]],
    reasons: Mapping[int, str],
    from_now: bool,
) -> tuple[list[ChangeRow], Effects]:
    """Every wanted listing as a row, in the order given, and what it would all come to.

    `numbers`: rows of the sheet by listing. `reasons`: why ignored ones are, where a person said.
    """
    before = current_standings(session, site.id)
    changes = {
        key: standing
        for key, standing in wanted.items()
        if standing != (before[key].standing if key in before else None)
    }
    effects = foresee(session, site, before, changes, from_now=from_now)
    connection = session.connection()
    named = connection.execute(select(StockItem.id, StockItem.sku))
    skus = {item_id: sku for item_id, sku in named}
    labels: dict[int, tuple[str, str]] = {}
    for chunk in chunks(wanted):
        rows = connection.execute(
            select(Listing.id, Listing.key, Listing.name).where(Listing.id.in_(chunk))
        )
        labels.update({key: (remote_key, name) for key, remote_key, name in rows})
    found = []
    for key, standing in wanted.items():
        stood = before.get(key)
        orders, money = effects.by_listing.get(key, (0, ZERO))
        found.append(
            _row(
                key,
                labels[key],
                stood,
                standing,
                skus,
                numbers=numbers.get(key, ()),
                reason=reasons.get(key, IGNORED_BY_SHEET),
                orders=orders,
                money=money,
                shown=effects.shown.get(key, _NOTHING),
            )
        )
    return found, effects


def _row(
    listing_id: int,
    label: tuple[str, str],
    stood: Stood | None,
    standing: Standing | None,
    skus: Mapping[int, str],
    *,
    numbers: Sequence[int],
    reason: str,
    orders: int,
    money: Decimal,
    shown: Shown,
) -> ChangeRow:
    tab = tab_of(stood.standing if stood else None, standing)
    before = told(stood.standing, skus, stood.ignore_reason) if stood else None
    return ChangeRow(
        listing_id=listing_id,
        key=label[0],
        name=label[1],
        tab=tab,
        before=before,
        after=before if tab is Tab.SAME else told(standing, skus, reason) if standing else None,
        rows=row_numbers(numbers),
        orders=orders,
        money=money,
        shown=shown.shown,
        wanted=shown.wanted,
        why=shown.why,
    )


def told(standing: Standing, skus: Mapping[int, str], reason: str) -> Told:
    """A standing with the names that people know it by."""
    return Told(
        parts=tuple(Part(item, skus[item], pieces) for item, pieces in standing.components),
        ignored=reason if standing.is_ignored else None,
        maximum=standing.max_quantity,
    )


def preview_anew(
    session: Session, site: Site, rows: Sequence[ChangeRow], *, from_now: bool
) -> tuple[list[ChangeRow], Effects]:
    """The rows of an earlier preview, seen from what the listings stand for now."""
    earlier = {row.listing_id: row for row in rows}
    found, effects = preview_rows(
        session,
        site,
        {key: row.after.standing() if row.after else None for key, row in earlier.items()},
        numbers={},
        reasons={
            key: row.after.ignored
            for key, row in earlier.items()
            if row.after and row.after.ignored is not None
        },
        from_now=from_now,
    )
    return [replace(row, rows=earlier[row.listing_id].rows) for row in found], effects


def differs_meanwhile(rows: Sequence[ChangeRow], standings: Standings) -> list[ChangeRow]:
    """Rows whose listing no longer stands for what they say it stood for before."""
    return [
        row
        for row in rows
        if (row.before.standing() if row.before else None) != _stands(standings, row.listing_id)
    ]


def changed_since(rows: Sequence[ChangeRow], standings: Standings) -> list[ChangeRow]:
    """Rows whose listing no longer stands for what the batch made of it."""
    return [
        row
        for row in rows
        if (row.after.standing() if row.after else None) != _stands(standings, row.listing_id)
    ]


def _stands(standings: Standings, listing_id: int) -> Standing | None:
    stood = standings.get(listing_id)
    return stood.standing if stood else None
