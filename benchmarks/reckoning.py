"""What stands in a database in the end, and how two of them differ: lost, doubled, off by a cent."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from benchmarks.selling import Sale
from platforms import registry
from webapp.backoffice.reports.trial_balance import trial_balance
from webapp.backoffice.reports.verifying import verify_books
from webapp.database import reading
from webapp.models.journal import JournalEntry, JournalLine
from webapp.models.ledgers import Ledger
from webapp.models.orders import ChannelOrder
from webapp.models.sites import Site
from webapp.models.stock import Oversell, Reservation, StockItem, StockMove

ZERO = Decimal(0)


class Kind(StrEnum):
    LOST = "lost"
    DOUBLED = "doubled"
    OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    kind: Kind
    what: str


@dataclass(slots=True, kw_only=True)
class Standing:
    """One order: its state, and what it did to ledgers (by date) and stock items, net of all zero."""

    state: str
    amounts: dict[str, Decimal] = field(default_factory=dict)
    pieces: dict[str, int] = field(default_factory=dict)
    held: dict[str, int] = field(default_factory=dict)
    entries: int = 0
    moves: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoning:
    """`orders` by site and number; `balances` by site, currency and ledger; `faults` of the books."""

    orders: dict[Sale, Standing]
    again: list[Sale]
    balances: dict[str, Decimal]
    stock: dict[str, tuple[int, int]]
    oversells: int
    faults: list[str]


def reckon(engine: Engine) -> Reckoning:
    """Everything that two runs to the same end must agree in."""
    with reading(engine) as session:
        orders, again = _orders(session)
        return Reckoning(
            orders=orders,
            again=again,
            balances=_balances(session),
            stock={
                sku: (on_hand, reserved)
                for sku, on_hand, reserved in session.execute(
                    select(StockItem.sku, StockItem.on_hand, StockItem.reserved)
                )
            },
            oversells=session.scalar(select(func.count(Oversell.id))) or 0,
            faults=_faults(engine),
        )


def differences(
    found: Reckoning, quiet: Reckoning, placed: Iterable[Sale], edited: Iterable[Sale]
) -> list[Difference]:
    """How `found` departs from a run that nothing happened to. [] is what is wanted.

    Of orders that were edited the entries and moves are not counted, only summed: whoever came
    later had less to correct.
    """
    return list(_differences(found, quiet, list(placed), set(edited)))


def _differences(
    found: Reckoning, quiet: Reckoning, placed: list[Sale], edited: set[Sale]
) -> Iterator[Difference]:
    for sale in placed:
        here, there = found.orders.get(sale), quiet.orders.get(sale)
        if there is None or there.state != "synced":
            yield _off(f"{sale}: the quiet run did not sync it")
        elif here is None or here.state != "synced":
            state = "absent" if here is None else here.state
            yield Difference(kind=Kind.LOST, what=f"{sale}: {state}")
        else:
            yield from _of_order(sale, here, there, is_edited=sale in edited)
    known = Counter(placed)
    for sale in [*found.again, *(each for each in found.orders if each not in known)]:
        yield Difference(kind=Kind.DOUBLED, what=f"{sale}: there more often than placed")
    for name, here_all, there_all in (
        ("ledger", found.balances, quiet.balances),
        ("stock item", found.stock, quiet.stock),
    ):
        for key in sorted({*here_all, *there_all}):
            if here_all.get(key) != there_all.get(key):
                yield _off(f"{name} {key}: {here_all.get(key)} and not {there_all.get(key)}")
    if found.oversells != quiet.oversells:
        yield _off(f"{found.oversells} oversells and not {quiet.oversells}")
    yield from map(_off, [*found.faults, *quiet.faults])


def _of_order(
    sale: Sale, here: Standing, there: Standing, *, is_edited: bool
) -> Iterator[Difference]:
    for name in ("amounts", "pieces", "held"):
        mine, wanted = getattr(here, name), getattr(there, name)
        if mine == wanted:
            continue
        is_double = bool(wanted) and mine == {key: 2 * each for key, each in wanted.items()}
        kind = Kind.DOUBLED if is_double else Kind.LOST if wanted and not mine else Kind.OFF
        yield Difference(kind=kind, what=f"{sale}: {name} {mine} and not {wanted}")
    if not is_edited and (here.entries, here.moves) != (there.entries, there.moves):
        more = here.entries > there.entries or here.moves > there.moves
        yield Difference(
            kind=Kind.DOUBLED if more else Kind.LOST,
            what=f"{sale}: {here.entries} entries and {here.moves} moves, "
            f"not {there.entries} and {there.moves}",
        )


def _off(what: str) -> Difference:
    return Difference(kind=Kind.OFF, what=what)


def _orders(session: Session) -> tuple[dict[Sale, Standing], list[Sale]]:
    standings: dict[int, Standing] = {}
    orders: dict[Sale, Standing] = {}
    again = []
    for order_id, site, number, state in session.execute(
        select(ChannelOrder.id, Site.name, ChannelOrder.number, ChannelOrder.state).join(
            Site, Site.id == ChannelOrder.site_id
        )
    ):
        standings[order_id] = Standing(state=state)
        sale = (site, int(number))
        if sale in orders:
            again.append(sale)
        orders[sale] = standings[order_id]
    _add_amounts(session, standings)
    _add_pieces(session, standings)
    return orders, again


def _add_amounts(session: Session, standings: dict[int, Standing]) -> None:
    of_entry = (JournalEntry.channel_order_id, JournalEntry.posted_on, JournalEntry.currency)
    rows = session.execute(
        select(
            *of_entry,
            Ledger.code,
            func.sum(JournalLine.debit).label("debit"),
            func.sum(JournalLine.credit).label("credit"),
        )
        .join(JournalLine, JournalLine.entry_id == JournalEntry.id)
        .join(Ledger, Ledger.id == JournalLine.ledger_id)
        .group_by(*of_entry, Ledger.code)
    )
    for order_id, day, currency, ledger, debit, credit in rows:
        if debit != credit:
            standings[order_id].amounts[f"{day} {currency} {ledger}"] = debit - credit
    counts = select(JournalEntry.channel_order_id, func.count()).group_by(
        JournalEntry.channel_order_id
    )
    for order_id, count in session.execute(counts):
        standings[order_id].entries = count


def _add_pieces(session: Session, standings: dict[int, Standing]) -> None:
    moved = (
        select(
            StockMove.channel_order_id, StockItem.sku, func.sum(StockMove.quantity), func.count()
        )
        .join(StockItem, StockItem.id == StockMove.stock_item_id)
        .where(StockMove.channel_order_id.is_not(None))
        .group_by(StockMove.channel_order_id, StockItem.sku)
    )
    for order_id, sku, quantity, count in session.execute(moved):
        standing = standings[order_id]
        standing.moves += count
        if quantity:
            standing.pieces[sku] = int(quantity)
    held = select(Reservation.channel_order_id, StockItem.sku, Reservation.quantity).join(
        StockItem, StockItem.id == Reservation.stock_item_id
    )
    for order_id, sku, quantity in session.execute(held):
        standings[order_id].held[sku] = quantity


def _balances(session: Session) -> dict[str, Decimal]:
    return {
        f"{name} {currency} {row.ledger}": row.debit - row.credit
        for site_id, name in session.execute(select(Site.id, Site.name)).all()
        for currency, balance in trial_balance(session, site_id=site_id).items()
        for row in balance.rows
    }


def _faults(engine: Engine) -> list[str]:
    """What `books verify` finds, in a session of its own as it wants."""
    with reading(engine) as session:
        report = verify_books(session, registry.get, lambda done, total, what: None)
    return [
        *(f"entry {number} does not balance" for number in report.unbalanced),
        *(f"entry {number} is there twice" for number in report.duplicates),
        *(f"{each.site} {each.number}: {each.difference}" for each in report.drifted),
    ]
