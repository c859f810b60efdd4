"""Saving mappings: new versions in bulk, the orders that they release, the audit trail."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session, aliased

from webapp.backoffice import states
from webapp.backoffice.goods.mapping_reach import (
    TAKEN_BACK,
    chunks,
    released_orders,
    taken_back_mappings,
)
from webapp.backoffice.goods.mapping_sheet import Standing, Standings, Stood
from webapp.backoffice.goods.push_wishes import wish_push_of
from webapp.database import bulk_insert, reserve_ids
from webapp.models.audit import AuditEntry
from webapp.models.base import table_of
from webapp.models.catalogue import Kind, Listing
from webapp.models.mapping import Mapping as MappingRow
from webapp.models.mapping import MappingComponent, Replacement
from webapp.models.orders import ChannelOrder
from webapp.models.sites import Site
from webapp.models.stock import StockItem
from webapp.models.types import json_text

MAPPED_NOW = "Its listings are mapped now."
CORRECTED = "A mapping that it was read with was corrected."


def lock_site(session: Session, site_id: int) -> None:
    """Hold the site's row, so that no order is planned against a mapping that is being replaced.

    Whoever processes orders of a site renews its lease first, on this same row.
    """
    session.execute(select(Site.id).where(Site.id == site_id).with_for_update())


def current_standings(
    session: Session, site_id: int, *, listing_ids: Sequence[int] | None = None
) -> Standings:
    """What the listings of a site stand for now; unmapped ones are absent."""
    query = (
        select(
            MappingRow.listing_id,
            MappingRow.id,
            MappingRow.is_ignored,
            MappingRow.ignore_reason,
            MappingRow.max_quantity,
            MappingComponent.stock_item_id,
            MappingComponent.quantity,
        )
        .join(Listing, Listing.id == MappingRow.listing_id)
        .outerjoin(MappingComponent, MappingComponent.mapping_id == MappingRow.id)
        .where(Listing.site_id == site_id, MappingRow.is_current)
        .order_by(MappingRow.id, MappingComponent.stock_item_id)
    )
    if listing_ids is not None:
        query = query.where(Listing.id.in_(listing_ids))
    found: Standings = {}
    # Past the ORM: the sheets of large shops ask for every listing.
    rows = session.connection().execute(query)
    for listing_id, mapping_id, ignored, reason, limit, item_id, quantity in rows:
        stood = found.get(listing_id)
        components = stood.standing.components if stood is not None else ()
        if item_id is not None:
            components = (*components, (item_id, quantity))
        found[listing_id] = Stood(mapping_id, Standing(components, ignored, limit), reason)
    return found


def apply_standings(
    session: Session,
    site: Site,
    before: Standings,
    wanted: Mapping[int, Standing | None],
    *,
    now: datetime,
    actor: str | None,
    from_now: bool = False,
    reason: str = "",
    reasons: Mapping[int, str] | None = None,
    takes_back: bool = False,
) -> int:
    """Save what differs, re-queue the orders that it unblocks or corrects; how many those are.

    `before` is what stands (`current_standings`, under `lock_site`), `wanted` None unmaps.
    `reasons` are those of single ignored listings, where they are not all `reason`.
    `takes_back`: orders that were read with what is unmapped now give their pieces back, until
    the listing is mapped anew; otherwise they keep what they took.
    """
    changes = {
        listing_id: standing
        for listing_id, standing in wanted.items()
        if standing != (before[listing_id].standing if listing_id in before else None)
    }
    if not changes:
        return 0
    released = released_orders(
        session, site.id, before, changes, from_now=from_now, takes_back=takes_back
    )
    how = Replacement.FROM_NOW if from_now else Replacement.CORRECTION
    said = {key: reason for key in changes} | dict(reasons or {})
    waiting = taken_back_mappings(session, [key for key in changes if key not in before])
    _replace(session, before, changes, how=how, now=now, actor=actor, reasons=said)
    _follow(session, waiting)
    if takes_back:
        _take_back(session, before, changes, now=now, actor=actor)
    _record(session, before, changes, how=how, now=now, actor=actor, reasons=said)
    count = states.requeue(session, released.unblocked, now, message=MAPPED_NOW, actor=actor)
    count += states.requeue(session, released.corrected, now, message=CORRECTED, actor=actor)
    if any(standing is not None and standing.components for standing in changes.values()):
        wish_push_of(session, site.id, now)
    for chunk in chunks(released.due):
        session.execute(update(ChannelOrder).where(ChannelOrder.id.in_(chunk)).values(is_due=True))
    return count


# --- writing ------------------------------------------------------------------------------------


def _replace(
    session: Session,
    before: Standings,
    changes: Mapping[int, Standing | None],
    *,
    how: Replacement,
    now: datetime,
    actor: str | None,
    reasons: Mapping[int, str],
) -> None:
    _set_kinds(session, changes)
    old = [before[key].mapping_id for key in changes if key in before]
    for chunk in chunks(old):
        session.execute(update(MappingRow).where(MappingRow.id.in_(chunk)).values(is_current=False))
    made = [(key, standing) for key, standing in changes.items() if standing is not None]
    connection = session.connection()
    ids = reserve_ids(connection, table_of(MappingRow), len(made))
    bulk_insert(
        connection,
        table_of(MappingRow),
        (
            *("id", "listing_id", "is_current", "is_ignored", "ignore_reason"),
            *("max_quantity", "created_at", "created_by"),
        ),
        [
            (
                *(mapping_id, key, True, standing.is_ignored),
                *(reasons[key] if standing.is_ignored else "", standing.max_quantity),
                *(now, actor),
            )
            for mapping_id, (key, standing) in zip(ids, made, strict=True)
        ],
    )
    bulk_insert(
        connection,
        table_of(MappingComponent),
        ("mapping_id", "stock_item_id", "quantity"),
        [
            (mapping_id, item_id, quantity)
            for mapping_id, (_, standing) in zip(ids, made, strict=True)
            for item_id, quantity in standing.components
        ],
    )
    _succeed(
        session,
        [
            before[key].mapping_id
            for key, standing in changes.items()
            if key in before and standing is not None
        ],
        how,
    )


def _succeed(session: Session, replaced: Sequence[int], how: Replacement) -> None:
    """Name, in mappings that were replaced, the one that stands for their listing now."""
    successor = aliased(MappingRow)
    new = (
        select(successor.id)
        .where(successor.listing_id == MappingRow.listing_id, successor.is_current)
        .scalar_subquery()
    )
    for chunk in chunks(replaced):
        session.execute(
            update(MappingRow)
            .where(MappingRow.id.in_(chunk))
            .values(replaced_by_id=new, replaced_how=how)
            .execution_options(synchronize_session=False)
        )


def _set_kinds(session: Session, changes: Mapping[int, Standing | None]) -> None:
    for kind in Kind:
        for chunk in chunks(key for key, standing in changes.items() if kind_of(standing) is kind):
            session.execute(
                update(Listing)
                .where(Listing.id.in_(chunk))
                .values(kind=kind.value)
                .execution_options(synchronize_session=False)
            )


def kind_of(standing: Standing | None) -> Kind:
    if standing is None:
        return Kind.UNMAPPED
    return Kind.IGNORED if standing.is_ignored else Kind.MAPPED


def _follow(session: Session, waiting: Mapping[int, int]) -> None:
    """Mappings that were taken back are corrected by what their listings stand for now."""
    _succeed(session, list(waiting.values()), Replacement.CORRECTION)


def _take_back(
    session: Session,
    before: Standings,
    changes: Mapping[int, Standing | None],
    *,
    now: datetime,
    actor: str | None,
) -> None:
    """Correct what was unmapped by a version that stands for nothing and never was current."""
    removed = [key for key, standing in changes.items() if standing is None and key in before]
    connection = session.connection()
    ids = reserve_ids(connection, table_of(MappingRow), len(removed))
    bulk_insert(
        connection,
        table_of(MappingRow),
        (
            *("id", "listing_id", "is_current", "is_ignored", "ignore_reason"),
            *("created_at", "created_by"),
        ),
        [
            (mapping_id, key, False, True, TAKEN_BACK, now, actor)
            for mapping_id, key in zip(ids, removed, strict=True)
        ],
    )
    tail = aliased(MappingRow)
    new = (
        select(tail.id)
        .where(tail.listing_id == MappingRow.listing_id, tail.id >= min(ids, default=0))
        .scalar_subquery()
    )
    for chunk in chunks(before[key].mapping_id for key in removed):
        session.execute(
            update(MappingRow)
            .where(MappingRow.id.in_(chunk))
            .values(replaced_by_id=new, replaced_how=Replacement.CORRECTION)
            .execution_options(synchronize_session=False)
        )


def _record(
    session: Session,
    before: Standings,
    changes: Mapping[int, Standing | None],
    *,
    how: Replacement,
    now: datetime,
    actor: str | None,
    reasons: Mapping[int, str],
) -> None:
    labels: dict[int, str] = {}
    for chunk in chunks(list(changes)):
        rows = session.execute(
            select(Listing.id, Listing.key, Listing.name).where(Listing.id.in_(chunk))
        )
        labels.update({key: f"{remote_key} {name}"[:300] for key, remote_key, name in rows})
    named = {item for standing in changes.values() if standing for item, _ in standing.components}
    named |= {
        item for key in changes if key in before for item, _ in before[key].standing.components
    }
    skus: dict[int, str] = {}
    for chunk in chunks(sorted(named)):
        rows_of_items = session.execute(
            select(StockItem.id, StockItem.sku).where(StockItem.id.in_(chunk))
        )
        skus.update({item_id: sku for item_id, sku in rows_of_items})
    entries = []
    for key, standing in changes.items():
        stood = before.get(key)
        told_before = _told(stood.standing, skus, stood.ignore_reason) if stood else None
        told_after = _told(standing, skus, reasons[key]) if standing else None
        if told_before and told_after:
            told_after["how"] = how.value
        action = "change" if told_before and told_after else "create" if told_after else "remove"
        entries.append(
            (
                *(now, actor, f"{action}_mapping", "listing", key, labels[key]),
                json_text(told_before) if told_before else None,
                json_text(told_after) if told_after else None,
            )
        )
    bulk_insert(
        session.connection(),
        table_of(AuditEntry),
        ("at", "actor", "action", "subject", "subject_id", "label", "before", "after"),
        entries,
    )


def _told(standing: Standing, skus: Mapping[int, str], reason: str) -> dict[str, Any]:
    if standing.is_ignored:
        return {"ignored": reason}
    told: dict[str, Any] = {
        "stock": [{"sku": skus[item_id], "quantity": n} for item_id, n in standing.components]
    }
    if standing.max_quantity is not None:
        told["max_quantity"] = standing.max_quantity
    return told
