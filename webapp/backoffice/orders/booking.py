"""Plans become rows: the difference and the sync state, in one transaction.

Nothing about money is decided here. Entries and moves are only ever added.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from platforms.base import RemoteBuyer, RemoteOrder, Stage
from webapp.backoffice.books.settlement_lines import note_outcome
from webapp.backoffice.goods.push_wishes import wish_pushes
from webapp.backoffice.goods.stock_counters import StockChange, apply_changes, shown_otherwise
from webapp.backoffice.orders.candidates import Candidate
from webapp.backoffice.orders.events import event_rows
from webapp.backoffice.orders.order_rows import (
    COLUMNS,
    ENTRIES,
    Forms,
    Rows,
    add_entry_rows,
    add_goods_rows,
    add_version_rows,
    channel_order_values,
)
from webapp.backoffice.people.buyer_rows import renew_buyers, write_new_buyers
from webapp.database import insert_ready, reserve_ids
from webapp.models.base import table_of
from webapp.models.orders import (
    ChannelOrder,
    Delivery,
    OrderNeed,
    PaymentReceipt,
    RetailOrder,
    RetailOrderLine,
    SyncEvent,
)
from webapp.models.stock import Reservation


def write_batch(
    session: Session,
    candidates: Sequence[Candidate],
    forms: Forms,
    run_id: int | None,
) -> None:
    """Write what these orders should change, with their states and events.

    Every order has its id already. IntegrityError: another writer was faster with a part's
    number or an order's row; nothing of this batch stands then, and planning it again finds
    what is left to do.
    """
    connection = session.connection()
    rows: Rows = {table: [] for table in COLUMNS}
    orders = table_of(ChannelOrder)
    order_columns = COLUMNS[orders]
    typed = forms.typed
    changed: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    count = sum(len(each.plan.entries) for each in candidates if each.plan and not each.failure)
    entry_ids = list(reversed(reserve_ids(connection, ENTRIES, count)))
    for each in candidates:
        values = channel_order_values(each, forms if each.known is None else typed)
        if each.known is None:
            values |= {"id": each.order_id, "site_id": forms.site_id, "remote_id": each.remote_id}
            rows[orders].append(tuple(map(values.get, order_columns)))
        else:
            changed.setdefault(tuple(values), []).append({**values, "of_order": each.order_id})
        add_version_rows(each, forms, rows)
        if each.failure is None:
            add_goods_rows(each, forms, rows)
            add_entry_rows(each, entry_ids, forms, rows)

    _update_known(session, candidates, changed)
    insert_ready(connection, orders, order_columns, rows.pop(orders))
    _write_buyers(session, candidates, forms.now)
    for table, ready in rows.items():
        insert_ready(connection, table, COLUMNS[table], ready)
    _write_store_deliveries(session, candidates, forms)
    insert_ready(
        connection,
        table_of(SyncEvent),
        ("channel_order_id", "at", "from_state", "to_state", "code", "message", "attempt",
         "actor", "detail", "run_id"),
        event_rows(candidates, forms, run_id),
    )  # fmt: skip
    changes = _stock_changes(candidates)
    apply_changes(session, changes, forms.now)
    changed_since = min((each.modified_at for each in candidates), default=None)
    wish_pushes(
        session, forms.site_id, shown_otherwise(changes), forms.now, changed_since=changed_since
    )
    _note_lines(session, candidates)


def _update_known(
    session: Session,
    candidates: Sequence[Candidate],
    changed: dict[tuple[str, ...], list[dict[str, Any]]],
) -> None:
    """Rows of known orders: the changed values, and the present state that is written anew."""
    connection = session.connection()
    table = table_of(ChannelOrder)
    for names, values in changed.items():
        marks: dict[str, Any] = {name: bindparam(name) for name in names}
        connection.execute(
            update(table).where(table.c.id == bindparam("of_order")).values(marks), values
        )
    known = [each for each in candidates if each.known is not None and each.failure is None]
    if not known:
        return
    ids = [each.order_id for each in known]
    session.execute(delete(OrderNeed).where(OrderNeed.channel_order_id.in_(ids)))
    anew = [each.order_id for each in known if each.plan and each.plan.retail_status is not None]
    session.execute(delete(RetailOrderLine).where(RetailOrderLine.channel_order_id.in_(anew)))
    session.execute(delete(PaymentReceipt).where(PaymentReceipt.channel_order_id.in_(anew)))
    held = [
        each.order_id
        for each in known
        if each.plan and each.plan.reserved != each.standing.reserved
    ]
    session.execute(delete(Reservation).where(Reservation.channel_order_id.in_(held)))
    lives = [_retail_change(each) for each in known if each.standing.has_retail]
    lives = [life for life in lives if life["status"] is not None]
    if lives:
        retail = table_of(RetailOrder)
        connection.execute(
            update(retail)
            .where(retail.c.channel_order_id == bindparam("of_order"))
            .values({name: bindparam(name) for name in lives[0] if name != "of_order"}),
            lives,
        )
    back = [each.order_id for each in known if _is_back(each)]
    if back:
        session.execute(
            update(ChannelOrder)
            .where(ChannelOrder.id.in_(back))
            .values(gone_at=None, deletion_choice=None)
        )


def _is_back(each: Candidate) -> bool:
    """The store serves an order again that it had deleted: what was decided is over."""
    row, order = each.known, each.order
    if row is None or each.version is None or order is None or order.stage is Stage.TRASHED:
        return False
    return row.gone_at is not None or row.deletion_choice is not None


def _retail_change(each: Candidate) -> dict[str, Any]:
    order, plan = each.order, each.plan
    assert order is not None
    assert plan is not None
    return {
        "of_order": each.order_id,
        "status": plan.retail_status,
        "hold_reason": plan.hold_reason,
        "paid_at": order.paid_at,
        "shipped_at": each.standing.shipped_here_at or order.shipped_at,
    }


def _write_buyers(session: Session, candidates: Sequence[Candidate], now: datetime) -> None:
    fresh, newer = [], []
    for each in candidates:
        if each.version is None:
            continue
        if each.known is None:
            fresh.append((each.order_id, each.version.buyer or RemoteBuyer()))
        elif each.version.buyer is not None:
            newer.append((each.order_id, each.version.buyer))
    write_new_buyers(session, fresh, now)
    renew_buyers(session, newer, now)


def _write_store_deliveries(
    session: Session, candidates: Sequence[Candidate], forms: Forms
) -> None:
    """A delivery for each order that the store says was shipped and that has none yet."""
    shipped = {
        each.order_id: each
        for each in candidates
        if each.failure is None
        and each.order is not None
        and each.order.is_shipped
        and each.plan is not None
        and each.plan.retail_status is not None
    }
    known = [order_id for order_id, each in shipped.items() if each.known is not None]
    if known:
        have = session.scalars(
            select(Delivery.channel_order_id).where(Delivery.channel_order_id.in_(known))
        )
        for order_id in have:
            shipped.pop(order_id, None)
    insert_ready(
        session.connection(),
        table_of(Delivery),
        ("channel_order_id", "number", "source", "carrier", "tracking", "shipped_at", "told"),
        [
            (order_id, 1, "store", "", "", forms.instant(_left_at(each.order)), "by_store")
            for order_id, each in shipped.items()
            if each.order is not None
        ],
    )


def _left_at(order: RemoteOrder) -> datetime:
    return order.shipped_at or order.modified_at


def _stock_changes(candidates: Sequence[Candidate]) -> list[StockChange]:
    changes = []
    for each in candidates:
        plan = each.plan
        if plan is None or each.failure is not None:
            continue
        before = each.standing.reserved
        if not before and not plan.reserved:
            changes += [
                StockChange(item, each.order_id, moved, 0) for item, moved in plan.moves.items()
            ]
            continue
        for item in plan.moves.keys() | plan.reserved.keys() | before.keys():
            moved = plan.moves.get(item, 0)
            held = plan.reserved.get(item, 0) - before.get(item, 0)
            if moved or held:
                changes.append(StockChange(item, each.order_id, moved, held))
    return changes


def _note_lines(session: Session, candidates: Sequence[Candidate]) -> None:
    """What became of the settlement lines that these orders were planned with."""
    for each in candidates:
        lines = each.standing.settled
        if each.arriving is not None:
            lines = (*lines, each.arriving)
        if not lines:
            continue
        if each.plan is not None and each.failure is None:
            note_outcome(session, lines, each.plan.outcome)
        elif each.arriving is not None:
            note_outcome(session, lines, {each.arriving.id: each.problem})
