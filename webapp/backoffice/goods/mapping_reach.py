"""Which orders a change of mappings reaches: unblocked, corrected, or to be planned again."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from webapp.backoffice import states
from webapp.backoffice.errors import Code
from webapp.backoffice.goods.mapping_sheet import Standing, Standings
from webapp.models.mapping import Mapping as MappingRow
from webapp.models.mapping import Replacement
from webapp.models.orders import ChannelOrder, OrderNeed, RetailOrderLine

CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class ReleasedOrders:
    """Orders that a change lets go on: unblocked, corrected, or to be planned again in place."""

    unblocked: tuple[int, ...]
    corrected: tuple[int, ...]
    due: tuple[int, ...]

    @property
    def count(self) -> int:
        return len(set(self.unblocked) | set(self.corrected))


def released_orders(
    session: Session,
    site_id: int,
    before: Standings,
    wanted: Mapping[int, Standing | None],
    *,
    from_now: bool,
) -> ReleasedOrders:
    """Which orders go on, or move a difference, once `wanted` stands. Reads only."""
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
    corrected = [] if from_now else _orders_read_with(session, replaced)
    going = set(unblocked) | set(corrected)
    return ReleasedOrders(
        unblocked=tuple(unblocked),
        corrected=tuple(key for key in corrected if key not in set(unblocked)),
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


def _orders_read_with(session: Session, mapping_ids: Sequence[int]) -> list[int]:
    """Orders, not pending, with a line read with these mappings or with ones they corrected."""
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
    found: set[int] = set()
    for chunk in chunks(reached):
        found.update(
            session.scalars(
                select(RetailOrderLine.channel_order_id)
                .join(ChannelOrder, ChannelOrder.id == RetailOrderLine.channel_order_id)
                .where(
                    RetailOrderLine.mapping_id.in_(chunk),
                    ChannelOrder.state != states.State.PENDING,
                )
                .distinct()
            )
        )
    return sorted(found)


def chunks(ids: Iterable[int]) -> Iterator[list[int]]:
    """Ids in lists that fit into one statement on both databases."""
    kept = list(ids)
    for start in range(0, len(kept), CHUNK):
        yield kept[start : start + CHUNK]
