"""Settlement lines as stored: those that are posted, those that wait, and whose they are."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from webapp.backoffice.books.settlement import SettledLine, by_age
from webapp.backoffice.errors import Problem
from webapp.models.base import table_of
from webapp.models.orders import ChannelOrder, PaymentReceipt
from webapp.models.settlement import SettlementClue, SettlementLine

CHUNK = 500
NUMBER = "number"
TRANSACTION = "transaction"

COLUMNS = (
    SettlementLine.id,
    SettlementLine.key,
    SettlementLine.kind,
    SettlementLine.gross,
    SettlementLine.fee,
    SettlementLine.net,
    SettlementLine.currency,
    SettlementLine.settled_on,
    SettlementLine.settled_at,
    SettlementLine.code,
    SettlementLine.message,
    SettlementLine.channel_order_id,
)

# Asked for every page, so made once; almost always there is none.
_ANY_WAITS = (
    select(SettlementLine.id)
    .where(SettlementLine.site_id == bindparam("site_id"), SettlementLine.code.is_not(None))
    .limit(1)
)


def posted_lines(session: Session, order_ids: Sequence[int]) -> dict[int, tuple[SettledLine, ...]]:
    """The lines that are posted to these orders, by order; almost all orders have none."""
    return {
        order_id: tuple(lines)
        for order_id, lines in _by_order(
            session.execute(
                select(*COLUMNS).where(
                    SettlementLine.channel_order_id.in_(order_ids), SettlementLine.code.is_(None)
                )
            )
        ).items()
    }


def waiting_lines(
    session: Session, site_id: int, orders: Mapping[int, Iterable[str]]
) -> dict[int, list[SettledLine]]:
    """The lines that wait for these orders, by order, in the order they are to be applied.

    `orders`: order id to what a line may call it (number, the store's id, transaction id).
    Lines whose order was not here before are given it now.
    """
    if session.connection().scalar(_ANY_WAITS, {"site_id": site_id}) is None:
        return {}
    waits = (SettlementLine.site_id == site_id, SettlementLine.code.is_not(None))
    names = sorted({name for each in orders.values() for name in each if name})
    for start in range(0, len(names), CHUNK):
        named = session.scalars(
            select(SettlementLine.id)
            .join(SettlementClue, SettlementClue.line_id == SettlementLine.id)
            .where(
                *waits,
                SettlementLine.channel_order_id.is_(None),
                SettlementClue.value.in_(names[start : start + CHUNK]),
            )
        ).all()
        find_orders(session, site_id, named, among=list(orders))
    return _by_order(
        session.execute(
            select(*COLUMNS).where(*waits, SettlementLine.channel_order_id.in_(list(orders)))
        )
    )


def find_orders(
    session: Session, site_id: int, line_ids: Sequence[int], *, among: Sequence[int] | None = None
) -> dict[int, int]:
    """Give each line the order that its first telling clue names: line id to order id.

    `among`: only these orders are looked at. A clue that several orders fit tells nothing.
    """
    clues: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for start in range(0, len(line_ids), CHUNK):
        for line_id, kind, value in session.execute(
            select(SettlementClue.line_id, SettlementClue.kind, SettlementClue.value)
            .where(SettlementClue.line_id.in_(line_ids[start : start + CHUNK]))
            .order_by(SettlementClue.line_id, SettlementClue.position)
        ):
            clues[line_id].append((kind, value))
    found: dict[int, int] = {}
    place = 0
    while open_clues := {
        line_id: those[place]
        for line_id, those in clues.items()
        if line_id not in found and place < len(those)
    }:
        orders = _named(session, site_id, sorted(set(open_clues.values())), among)
        found |= {line_id: orders[clue] for line_id, clue in open_clues.items() if clue in orders}
        place += 1
    if found:
        lines = table_of(SettlementLine)
        session.connection().execute(
            update(lines)
            .where(lines.c.id == bindparam("of_line"))
            .values(channel_order_id=bindparam("order_id")),
            [{"of_line": line_id, "order_id": order_id} for line_id, order_id in found.items()],
        )
    return found


def note_outcome(
    session: Session, before: Iterable[SettledLine], outcome: Mapping[int, Problem | None]
) -> None:
    """Write why each line waits, or that it is posted, where that has changed."""
    changed = []
    for line in before:
        if line.id not in outcome:
            continue
        problem = outcome[line.id]
        code = problem.code.value if problem is not None else None
        message = problem.sentence if problem is not None else None
        if (code, message) != (line.code, line.message):
            changed.append({"of_line": line.id, "why": code, "said": message})
    if changed:
        lines = table_of(SettlementLine)
        session.connection().execute(
            update(lines)
            .where(lines.c.id == bindparam("of_line"))
            .values(code=bindparam("why"), message=bindparam("said")),
            changed,
        )


def _by_order(rows: Iterable[Any]) -> dict[int, list[SettledLine]]:
    found: dict[int, list[SettledLine]] = defaultdict(list)
    for row in rows:
        *values, order_id = row
        found[order_id].append(
            SettledLine(**dict(zip(SettledLine.__dataclass_fields__, values, strict=True)))
        )
    return {order_id: by_age(lines) for order_id, lines in found.items()}


def _named(
    session: Session,
    site_id: int,
    clues: Sequence[tuple[str, str]],
    among: Sequence[int] | None,
) -> dict[tuple[str, str], int]:
    """The one order that each clue names: by number, else the store's id; by transaction."""
    orders: dict[tuple[str, str], set[int]] = defaultdict(set)
    numbers = [value for kind, value in clues if kind == NUMBER]
    transactions = [value for kind, value in clues if kind == TRANSACTION]
    for column in (ChannelOrder.number, ChannelOrder.remote_id):
        wanted = [value for value in numbers if (NUMBER, value) not in orders]
        query = select(column, ChannelOrder.id).where(ChannelOrder.site_id == site_id)
        for value, order_id in _rows(session, query, column, wanted, among):
            orders[(NUMBER, value)].add(order_id)
    query = (
        select(PaymentReceipt.transaction_id, ChannelOrder.id)
        .join(ChannelOrder, ChannelOrder.id == PaymentReceipt.channel_order_id)
        .where(ChannelOrder.site_id == site_id)
    )
    for value, order_id in _rows(
        session, query, PaymentReceipt.transaction_id, transactions, among
    ):
        orders[(TRANSACTION, value)].add(order_id)
    return {clue: min(ids) for clue, ids in orders.items() if len(ids) == 1}


def _rows(
    session: Session, query: Any, column: Any, values: Sequence[str], among: Sequence[int] | None
) -> Iterable[Any]:
    if among is not None:
        query = query.where(ChannelOrder.id.in_(among))
    for start in range(0, len(values), CHUNK):
        yield from session.execute(query.where(column.in_(values[start : start + CHUNK])))
