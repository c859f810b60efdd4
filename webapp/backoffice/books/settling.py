"""Settlement files come in: their lines are stored once, given to orders, and listed while they wait.

Posting is processing's: an order with a waiting line is planned again, and the line with it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from webapp.backoffice.books.settlement import LineKind
from webapp.backoffice.books.settlement_files import FileLine, SettlementFile
from webapp.backoffice.books.settlement_lines import CHUNK, find_orders
from webapp.backoffice.errors import Code, Problem
from webapp.backoffice.files.sheets import SheetProblem
from webapp.backoffice.people.audit import record_change
from webapp.database import reserve_ids
from webapp.models.base import table_of
from webapp.models.orders import ChannelOrder
from webapp.models.settlement import SettlementClue, SettlementLine
from webapp.models.sites import Site

NOT_TRIED = "Not tried yet: import the file again."


class LinesDiffer(Exception):
    """Lines of a file were imported before with other amounts; nothing of the file is stored."""

    def __init__(self, problems: Sequence[SheetProblem]) -> None:
        super().__init__(f"{len(problems)} lines were imported before with other amounts")
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file's lines as stored. `waiting`: ids of those, old and new, that are not posted."""

    new: int
    known: int
    waiting: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingLine:
    """A line of the settlement worklist: what it says, and why it waits."""

    id: int
    reference: str
    order_number: str
    kind: str
    gross: Decimal
    fee: Decimal
    net: Decimal
    currency: str
    settled_on: date
    code: str
    message: str


def store_lines(
    session: Session, site: Site, file: SettlementFile, *, now: datetime, actor: str | None
) -> StoredFile:
    """Store the lines of a file that were not here yet; a line is known by its key.

    ValueError: the file has wrong rows, and nothing of it is stored. LinesDiffer: so has it, but
    only what was imported before shows it.
    """
    if file.problems:
        raise ValueError("a settlement file with wrong rows is not applied")
    known: dict[str, tuple[int, str | None]] = {}
    amounts: dict[str, tuple[object, ...]] = {}
    keys = [line.key for line in file.lines]
    for start in range(0, len(keys), CHUNK):
        rows = session.execute(
            select(
                SettlementLine.key,
                SettlementLine.id,
                SettlementLine.code,
                SettlementLine.gross,
                SettlementLine.fee,
                SettlementLine.net,
                SettlementLine.currency,
            ).where(
                SettlementLine.site_id == site.id,
                SettlementLine.key.in_(keys[start : start + CHUNK]),
            )
        )
        for key, line_id, code, *money in rows:
            known[key] = (line_id, code)
            amounts[key] = tuple(money)
    _refuse_other_amounts(file, amounts)
    fresh = [line for line in file.lines if line.key not in known]
    ids = list(reserve_ids(session.connection(), table_of(SettlementLine), len(fresh)))
    if fresh:
        shared = {
            "site_id": site.id,
            "format": str(file.format),
            "imported_at": now,
            "imported_by": actor,
            "code": Code.ORDER_UNKNOWN.value,
            "message": NOT_TRIED,
        }
        pairs = list(zip(ids, fresh, strict=True))
        session.execute(
            insert(SettlementLine), [{"id": key, **shared, **_values(line)} for key, line in pairs]
        )
        clues = [clue for key, line in pairs for clue in _clues(key, line)]
        if clues:
            session.execute(insert(SettlementClue), clues)
        record_change(
            session,
            now=now,
            actor=actor,
            action="import_settlement",
            subject="site",
            subject_id=site.id,
            label=site.name,
            before=None,
            after={"format": str(file.format), "new_lines": len(fresh)},
        )
    still = [line_id for line_id, code in known.values() if code is not None]
    return StoredFile(new=len(fresh), known=len(known), waiting=(*still, *ids))


def _refuse_other_amounts(file: SettlementFile, before: dict[str, tuple[object, ...]]) -> None:
    """Reports of one provider may date a line differently; its amounts are always the same."""
    differ = [
        SheetProblem(
            row=line.row,
            column="",
            message=f"“{line.reference}” was imported before with other amounts: "
            "a correction needs a reference of its own.",
        )
        for line in file.lines
        if before.get(line.key, _amounts(line)) != _amounts(line)
    ]
    if differ:
        raise LinesDiffer(differ)


def _amounts(line: FileLine) -> tuple[object, ...]:
    return line.gross, line.fee, line.net, line.currency


def give_to_orders(session: Session, site: Site, line_ids: Sequence[int]) -> list[int]:
    """Find the orders of these waiting lines; the ids of the orders to process now.

    A line whose order is not here waits as `order_unknown`, or as `not_an_order_line` when it
    is none and names no order.
    """
    rows = list(_stored(session, line_ids))
    homeless = [row.id for row in rows if row.channel_order_id is None]
    found = find_orders(session, site.id, homeless)
    lost = [row for row in rows if row.channel_order_id is None and row.id not in found]
    for row in lost:
        problem = _unknown(row)
        if (row.code, row.message) != (problem.code.value, problem.sentence):
            session.execute(
                update(SettlementLine)
                .where(SettlementLine.id == row.id)
                .values(code=problem.code.value, message=problem.sentence)
            )
    orders = {row.channel_order_id for row in rows if row.channel_order_id is not None}
    return sorted(orders | set(found.values()))


def worklist(
    session: Session, site_id: int, line_ids: Sequence[int] | None = None
) -> list[WaitingLine]:
    """The lines of a site that wait for a person or an order, oldest first.

    `line_ids`: only those of these.
    """
    query = (
        select(
            SettlementLine.id,
            SettlementLine.reference,
            SettlementLine.order_number,
            SettlementLine.kind,
            SettlementLine.gross,
            SettlementLine.fee,
            SettlementLine.net,
            SettlementLine.currency,
            SettlementLine.settled_on,
            SettlementLine.code,
            SettlementLine.message,
            ChannelOrder.number,
        )
        .outerjoin(ChannelOrder, ChannelOrder.id == SettlementLine.channel_order_id)
        .where(SettlementLine.site_id == site_id, SettlementLine.code.is_not(None))
        .order_by(SettlementLine.settled_on, SettlementLine.key)
    )
    wanted = None if line_ids is None else set(line_ids)
    return [
        WaitingLine(
            id=row.id,
            reference=row.reference,
            order_number=row.number or row.order_number,
            kind=row.kind,
            gross=row.gross,
            fee=row.fee,
            net=row.net,
            currency=row.currency,
            settled_on=row.settled_on,
            code=row.code,
            message=row.message or "",
        )
        for row in session.execute(query)
        if wanted is None or row.id in wanted
    ]


def have_due(session: Session, site_id: int, code: Code) -> int:
    """Have the orders processed again whose lines wait for `code`; how many orders.

    For whoever mends the cause: the bank ledger was wired, a month was reopened.
    """
    orders = select(SettlementLine.channel_order_id).where(
        SettlementLine.site_id == site_id,
        SettlementLine.code == code.value,
        SettlementLine.channel_order_id.is_not(None),
    )
    ids = session.scalars(
        update(ChannelOrder)
        .where(ChannelOrder.id.in_(orders))
        .values(is_due=True)
        .returning(ChannelOrder.id)
    ).all()
    return len(ids)


def count_posted(session: Session, line_ids: Sequence[int]) -> int:
    """How many of these lines are posted to their orders."""
    count = 0
    for start in range(0, len(line_ids), CHUNK):
        count += (
            session.scalar(
                select(func.count(SettlementLine.id)).where(
                    SettlementLine.id.in_(line_ids[start : start + CHUNK]),
                    SettlementLine.code.is_(None),
                )
            )
            or 0
        )
    return count


def _stored(session: Session, line_ids: Sequence[int]) -> Iterable[Any]:
    for start in range(0, len(line_ids), CHUNK):
        yield from session.execute(
            select(
                SettlementLine.id,
                SettlementLine.kind,
                SettlementLine.order_number,
                SettlementLine.transaction_id,
                SettlementLine.channel_order_id,
                SettlementLine.code,
                SettlementLine.message,
            ).where(SettlementLine.id.in_(line_ids[start : start + CHUNK]))
        )


def _unknown(row: Any) -> Problem:
    named = row.order_number
    if row.kind == LineKind.OTHER and not named:
        return Problem(code=Code.NOT_AN_ORDER_LINE)
    told = named or row.transaction_id
    return Problem(code=Code.ORDER_UNKNOWN, facts={"named": (told,) if told else ()})


def _values(line: FileLine) -> dict[str, object]:
    return {
        "key": line.key,
        "kind": str(line.kind),
        "reference": line.reference,
        "order_number": line.order_number,
        "transaction_id": line.transaction_id,
        "gross": line.gross,
        "fee": line.fee,
        "net": line.net,
        "currency": line.currency,
        "settled_on": line.settled_on,
    }


def _clues(line_id: int, line: FileLine) -> list[dict[str, object]]:
    return [
        {"line_id": line_id, "position": position, "kind": kind, "value": value}
        for position, (kind, value) in enumerate(line.clues, 1)
    ]
