"""Which orders a change of mappings reaches: unblocked, corrected, or to be planned again."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from webapp.backoffice import states
from webapp.backoffice.errors import Code
from webapp.backoffice.goods.mapping_sheet import Standing, Standings
from webapp.models.base import table_of
from webapp.models.mapping import Mapping as MappingRow
from webapp.models.mapping import Replacement
from webapp.models.orders import ChannelOrder, OrderNeed, RetailOrderLine

CHUNK = 5_000
_Id = TypeVar("_Id", int, str)
# The version that orders follow whose mapping was taken back together with what they took.
TAKEN_BACK = "Taken back: its orders wait for what it stands for."


@dataclass(frozen=True, slots=True)
class ReleasedOrders:
    """Orders that a change lets go on: unblocked, corrected, or to be planned again in place."""

    unblocked: tuple[int, ...]
    corrected: tuple[int, ...]
    due: tuple[int, ...]

    @property
    def count(self) -> int:
        return len(set(self.unblocked) | set(self.corrected))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadWith:
    """Orders whose lines were read with a mapping, and the pieces sold on those lines."""

    orders: int
    pieces: int


def read_with(session: Session, mapping_id: int) -> ReadWith:
    """What a correction of this mapping would reach: every line goes through again.

    Reads all lines of orders, for no index leads there: it is asked by people, one at a time.
    """
    orders, pieces = session.execute(
        select(
            func.count(RetailOrderLine.channel_order_id.distinct()),
            func.coalesce(func.sum(RetailOrderLine.quantity), 0),
        ).where(RetailOrderLine.mapping_id.in_(with_corrected(session, [mapping_id])))
    ).one()
    return ReadWith(orders=orders, pieces=int(pieces))


def released_orders(
    session: Session,
    site_id: int,
    before: Standings,
    wanted: Mapping[int, Standing | None],
    *,
    from_now: bool,
    takes_back: bool = False,
) -> ReleasedOrders:
    """Which orders go on, or move a difference, once `wanted` stands. Reads only.

    Corrected are those read with a mapping that gets another meaning, unless `from_now`; those
    that wait for what a taken-back listing stands for; and, if the change `takes_back`, those
    read with what is unmapped.
    """
    mapped = [key for key, standing in wanted.items() if standing is not None]
    waiting = _orders_in_need(session, mapped)
    blocked = [
        order_id
        for order_id, state, code in waiting
        if (state, code) == (states.State.BLOCKED, Code.UNMAPPED_LISTING)
    ]
    still_unmapped = _unmapped_needs(session, blocked, mapped=set(mapped))
    unblocked = [order_id for order_id in blocked if order_id not in still_unmapped]
    replaced = [
        before[key].mapping_id
        for key, standing in wanted.items()
        if standing is not None
        and key in before
        and not standing.means_the_same(before[key].standing)
    ]
    removed = [
        before[key].mapping_id
        for key, standing in wanted.items()
        if standing is None and key in before
    ]
    waiting_tails = taken_back_mappings(session, [key for key in mapped if key not in before])
    corrected = orders_read_with(
        session,
        [
            *([] if from_now else replaced),
            *(removed if takes_back else ()),
            *waiting_tails.values(),
        ],
    )
    freed = set(unblocked)
    going = freed | set(corrected)
    return ReleasedOrders(
        unblocked=tuple(unblocked),
        corrected=tuple(key for key in corrected if key not in freed),
        due=tuple(order_id for order_id, _, _ in waiting if order_id not in going),
    )


def _orders_in_need(
    session: Session, listing_ids: Sequence[int]
) -> list[tuple[int, str, str | None]]:
    found: dict[int, tuple[int, str, str | None]] = {}
    for chunk in chunks(listing_ids):
        rows = session.execute(
            select(ChannelOrder.id, ChannelOrder.state, ChannelOrder.code)
            .join(OrderNeed, OrderNeed.channel_order_id == ChannelOrder.id)
            .where(OrderNeed.listing_id.in_(chunk))
        )
        found.update({row[0]: (row[0], row[1], row[2]) for row in rows})
    return [found[order_id] for order_id in sorted(found)]


def _unmapped_needs(session: Session, order_ids: Sequence[int], *, mapped: set[int]) -> set[int]:
    """Those of the orders that need a listing which stays unmapped."""
    found: set[int] = set()
    current = aliased(MappingRow)
    for chunk in chunks(order_ids):
        rows = session.execute(
            select(OrderNeed.channel_order_id, OrderNeed.listing_id)
            .outerjoin(current, (current.listing_id == OrderNeed.listing_id) & current.is_current)
            .where(OrderNeed.channel_order_id.in_(chunk), current.id.is_(None))
        )
        found.update(order_id for order_id, listing_id in rows if listing_id not in mapped)
    return found


def taken_back_mappings(session: Session, listing_ids: Sequence[int]) -> dict[int, int]:
    """By listing: the version that orders follow whose mapping was taken back, if there is one."""
    found: dict[int, int] = {}
    for chunk in chunks(listing_ids):
        rows = session.execute(
            select(MappingRow.listing_id, MappingRow.id).where(
                MappingRow.listing_id.in_(chunk),
                MappingRow.is_current.is_(False),
                MappingRow.replaced_by_id.is_(None),
                MappingRow.ignore_reason == TAKEN_BACK,
            )
        )
        found.update({listing_id: mapping_id for listing_id, mapping_id in rows})
    return found


def orders_read_with(session: Session, mapping_ids: Sequence[int]) -> list[int]:
    """Orders, not pending, with a line read with these mappings or with ones they corrected."""
    reached = with_corrected(session, mapping_ids)
    if not reached:
        return []
    found: set[int] = set()
    if len(reached) > CHUNK:
        # No index leads there: one walk through all lines beats one for each chunk of ids.
        known = frozenset(reached)
        lines = table_of(RetailOrderLine).c
        rows = session.connection().execute(select(lines.channel_order_id, lines.mapping_id))
        found = {order_id for order_id, mapping_id in rows.all() if mapping_id in known}
    else:
        lines_of_some = select(RetailOrderLine.channel_order_id).distinct()
        found.update(session.scalars(lines_of_some.where(RetailOrderLine.mapping_id.in_(reached))))
    pending: set[int] = set()
    for chunk in chunks(found):
        pending.update(
            session.scalars(
                select(ChannelOrder.id).where(
                    ChannelOrder.id.in_(chunk), ChannelOrder.state == states.State.PENDING
                )
            )
        )
    return sorted(found - pending)


def with_corrected(session: Session, mapping_ids: Sequence[int]) -> list[int]:
    """These mappings, and the earlier ones that they corrected: orders read with those follow."""
    reached = list(mapping_ids)
    latest = reached
    while latest:
        earlier: list[int] = []
        for chunk in chunks(latest):
            earlier += session.scalars(
                select(MappingRow.id).where(
                    MappingRow.replaced_by_id.in_(chunk),
                    MappingRow.replaced_how == Replacement.CORRECTION,
                )
            )
        reached = reached + earlier
        latest = earlier
    return reached


def chunks(ids: Iterable[_Id]) -> Iterator[list[_Id]]:
    """Ids (or keys) in lists that fit into one statement on both databases."""
    kept = list(ids)
    for start in range(0, len(kept), CHUNK):
        yield kept[start : start + CHUNK]
