"""Counted quantities: from a sheet, or a store's own numbers taken over.

A count posts the move that makes on hand what was counted; nothing is ever set without a move.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from webapp.backoffice.files.sheets import Sheet, SheetProblem
from webapp.backoffice.goods.mapping_reach import chunks
from webapp.backoffice.goods.push_wishes import wish_pushes
from webapp.backoffice.goods.stock_sheet import CountedRow, read_counts
from webapp.database import bulk_insert, reserve_ids
from webapp.models.base import table_of
from webapp.models.orders import RetailOrder
from webapp.models.stock import StockItem, StockMove
from webapp.models.types import scaled


@dataclass(frozen=True, slots=True, kw_only=True)
class StockImport:
    """`created` stock items are new; `moved` ones had a move, new ones among them.

    `unchanged` rows are neither. With `errors` nothing was saved.
    """

    rows: int
    created: int
    moved: int
    unchanged: int
    errors: tuple[SheetProblem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CountPreview:
    """What a counted row would post. `on_hand_then` is ours at the moment of the count.

    `to_pack`: pieces sold by then that have moved already and were not packed. `move`: if they
    were not on the shelf that was counted; `move_with_shelf`: if they were. An item that is new
    has no `item_id`; `counted` None: the row names it only.
    """

    sku: str
    name: str
    item_id: int | None
    counted: int | None
    on_hand: int
    on_hand_then: int
    to_pack: int

    @property
    def move(self) -> int:
        return 0 if self.counted is None else self.counted - self.on_hand_then

    @property
    def move_with_shelf(self) -> int:
        return 0 if self.counted is None else self.move - self.to_pack


@dataclass(frozen=True, slots=True)
class _Item:
    id: int
    on_hand: int
    name: str
    cost: Decimal | None
    counted_at: datetime | None


@dataclass(slots=True)
class _Changes:
    """What a sheet does to the tables, gathered and then written in bulk."""

    created: int = 0
    unchanged: int = 0
    moves: list[tuple[int, int]] = field(default_factory=list)
    updates: list[dict[str, Any]] = field(default_factory=list)
    first_counted: set[int] = field(default_factory=set)


def import_stock(
    session: Session,
    sheet: Sheet,
    *,
    now: datetime,
    actor: str | None,
    shelf: bool = False,
    counted_at: datetime | None = None,
    note: str = "",
) -> StockImport:
    """Make on hand what the sheet counted, by one move per stock item; all rows or none.

    With `counted_at` the count is compared with on hand at that instant, so that sales since
    stay sold. With `shelf` it includes pieces sold but not yet packed: those that have moved on
    payment are taken off again. A blank `on_hand` makes or names an item and counts nothing.
    `note` says why, on each move. Importing the same sheet twice changes nothing. ValueError: `counted_at` is yet to come.
    """
    if counted_at is not None and counted_at > now:
        raise ValueError("The moment of the count lies in the future.")
    rows, problems = read_counts(sheet)
    items, unclear = _meant_items(session, rows)
    problems += unclear
    if problems:
        problems.sort(key=lambda problem: problem.row)
        return StockImport(
            rows=len(sheet.rows), created=0, moved=0, unchanged=0, errors=tuple(problems)
        )
    later = _moved_after(session, counted_at) if counted_at else {}
    packing = _sold_not_packed(session, counted_at) if shelf else {}
    changes = _Changes()
    new_rows: list[tuple[int, CountedRow]] = []
    fresh = [row for row in rows if row.sku not in items]
    new_ids = reserve_ids(session.connection(), table_of(StockItem), len(fresh))
    for item_id, row in zip(new_ids, fresh, strict=True):
        new_rows.append((item_id, row))
        changes.created += 1
        if row.on_hand:
            changes.moves.append((item_id, row.on_hand))
    at = counted_at or now
    for row in rows:
        item = items.get(row.sku)
        if item is not None:
            on_hand_then = item.on_hand - later.get(item.id, 0)
            counted = None if row.on_hand is None else row.on_hand + packing.get(item.id, 0)
            _change_item(changes, item, row, counted, on_hand_then, at)
    _write_new(session, new_rows, at, now)
    _write_changes(session, changes, at=at, actor=actor, note=note or None)
    wish_pushes(session, None, _shown_otherwise(changes), now)
    return StockImport(
        rows=len(sheet.rows),
        created=changes.created,
        moved=len(changes.moves),
        unchanged=changes.unchanged,
    )


def preview_counts(
    session: Session, sheet: Sheet, *, now: datetime, counted_at: datetime | None = None
) -> tuple[list[CountPreview], tuple[SheetProblem, ...]]:
    """What `import_stock` would post for each row, with and without `shelf`; nothing is written.

    What is wrong with the sheet comes back too; then nothing of it can be posted. ValueError: as
    `import_stock`.
    """
    if counted_at is not None and counted_at > now:
        raise ValueError("The moment of the count lies in the future.")
    rows, problems = read_counts(sheet)
    items, unclear = _meant_items(session, rows)
    problems += unclear
    problems.sort(key=lambda problem: problem.row)
    later = _moved_after(session, counted_at) if counted_at else {}
    packing = _sold_not_packed(session, counted_at)
    previews = []
    for row in rows:
        item = items.get(row.sku)
        previews.append(
            CountPreview(
                sku=row.sku,
                name=row.name or (item.name if item else row.sku),
                item_id=item.id if item else None,
                counted=row.on_hand,
                on_hand=item.on_hand if item else 0,
                on_hand_then=item.on_hand - later.get(item.id, 0) if item else 0,
                to_pack=-packing.get(item.id, 0) if item else 0,
            )
        )
    return previews, tuple(problems)


# --- the stock items that the rows mean ----------------------------------------------------------


def _meant_items(
    session: Session, rows: list[CountedRow]
) -> tuple[Mapping[str, _Item], list[SheetProblem]]:
    """The stock items that rows mean, by the SKU as the row writes it; new ones are absent.

    A row means the item with exactly its SKU, else the only one that differs in case alone.
    Locked in the order of their ids.
    """
    exact: dict[str, int] = {}
    by_case: dict[str, list[int]] = {}
    for item_id, sku in session.execute(select(StockItem.id, StockItem.sku)):
        exact[sku] = item_id
        by_case.setdefault(sku.casefold(), []).append(item_id)
    meant: dict[str, int] = {}
    problems: list[SheetProblem] = []
    seen: dict[int | str, int] = {}
    for row in rows:
        alike = by_case.get(row.sku.casefold(), [])
        known = exact.get(row.sku)
        if known is None and len(alike) == 1:
            known = alike[0]
        if known is not None:
            meant[row.sku] = known
        elif alike:
            message = f"{len(alike)} stock items differ from {row.sku} in case alone: which?"
            problems.append(SheetProblem(row=row.number, column="sku", message=message))
        first = seen.setdefault(known or row.sku.casefold(), row.number)
        if first != row.number:
            message = f"{row.sku} stands on row {first} already: count it once."
            problems.append(SheetProblem(row=row.number, column="sku", message=message))
    found: dict[int, _Item] = {}
    columns = (StockItem.id, StockItem.on_hand, StockItem.name, StockItem.cost)
    for chunk in chunks(sorted(meant.values())):
        for item in session.execute(
            select(*columns, StockItem.counted_at)
            .where(StockItem.id.in_(chunk))
            .order_by(StockItem.id)
            .with_for_update(key_share=True)
        ):
            found[item.id] = _Item(*item)
    return {sku: found[item_id] for sku, item_id in meant.items()}, problems


# --- what happened since, and what waits to be packed -------------------------------------------


def _moved_after(session: Session, instant: datetime) -> dict[int, int]:
    """Net pieces moved after an instant, per stock item."""
    rows = session.execute(
        select(StockMove.stock_item_id, func.sum(StockMove.quantity))
        .where(StockMove.at > instant)
        .group_by(StockMove.stock_item_id)
    )
    return {item_id: int(pieces) for item_id, pieces in rows}


def _sold_not_packed(session: Session, instant: datetime | None) -> dict[int, int]:
    """Net pieces moved by orders that had not been shipped (at that instant): negative numbers."""
    query = (
        select(StockMove.stock_item_id, func.sum(StockMove.quantity))
        .join(RetailOrder, RetailOrder.channel_order_id == StockMove.channel_order_id)
        .group_by(StockMove.stock_item_id)
    )
    if instant is None:
        query = query.where(RetailOrder.status.not_in(("complete", "cancelled")))
    else:
        query = query.where(StockMove.at <= instant, _unpacked_at(instant))
    return {item_id: int(pieces) for item_id, pieces in session.execute(query)}


def _unpacked_at(instant: datetime) -> ColumnElement[bool]:
    taken_back = aliased(StockMove)
    cancelled_later = (
        select(taken_back.id)
        .where(
            taken_back.channel_order_id == RetailOrder.channel_order_id,
            taken_back.reason == "cancel",
            taken_back.at > instant,
        )
        .exists()
    )
    return or_(
        RetailOrder.shipped_at > instant,
        and_(
            RetailOrder.shipped_at.is_(None),
            or_(
                RetailOrder.status.not_in(("complete", "cancelled")),
                and_(RetailOrder.status == "cancelled", cancelled_later),
            ),
        ),
    )


# --- writing ------------------------------------------------------------------------------------


def _change_item(
    changes: _Changes,
    item: _Item,
    row: CountedRow,
    counted: int | None,
    on_hand_then: int,
    at: datetime,
) -> None:
    moved = 0 if counted is None else counted - on_hand_then
    if moved:
        changes.moves.append((item.id, moved))
    name = row.name or item.name
    cost = item.cost if row.cost is None else row.cost
    counted_at = item.counted_at
    if counted is not None and (counted_at is None or (moved and counted_at < at)):
        counted_at = at
    if item.counted_at is None and counted_at is not None:
        changes.first_counted.add(item.id)
    if moved or (name, cost, counted_at) != (item.name, item.cost, item.counted_at):
        changes.updates.append(
            {
                "item": item.id,
                "moved": moved,
                "new_name": name,
                "new_cost": cost,
                "new_counted_at": counted_at,
            }
        )
    if not moved:
        changes.unchanged += 1


def _shown_otherwise(changes: _Changes) -> set[int]:
    """Items that were moved, or counted for the first time: until then they were not pushed."""
    return changes.first_counted | {item_id for item_id, _ in changes.moves}


def _write_new(
    session: Session, rows: list[tuple[int, CountedRow]], at: datetime, now: datetime
) -> None:
    bulk_insert(
        session.connection(),
        table_of(StockItem),
        ("id", "sku", "name", "on_hand", "reserved", "cost", "counted_at", "created_at"),
        [
            (
                *(item_id, row.sku, row.name or row.sku, row.on_hand or 0, 0),
                *(None if row.cost is None else scaled(row.cost),),
                *(None if row.on_hand is None else at, now),
            )
            for item_id, row in rows
        ],
    )


def _write_changes(
    session: Session, changes: _Changes, *, at: datetime, actor: str | None, note: str | None
) -> None:
    items = table_of(StockItem)
    if changes.updates:
        session.connection().execute(
            update(items)
            .where(items.c.id == bindparam("item"))
            .values(
                on_hand=items.c.on_hand + bindparam("moved"),
                name=bindparam("new_name"),
                cost=bindparam("new_cost"),
                counted_at=bindparam("new_counted_at"),
            ),
            changes.updates,
        )
    bulk_insert(
        session.connection(),
        table_of(StockMove),
        ("stock_item_id", "quantity", "reason", "at", "actor", "note"),
        [(item_id, quantity, "count", at, actor, note) for item_id, quantity in changes.moves],
    )
