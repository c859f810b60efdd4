"""Real recent orders as they would post with ledgers that are not saved yet. Reads only.

Each is booked whole, as if it posted for the first time, by the functions that book it in
earnest. A place without a ledger, or with one that is refused, still takes its amount: the line
then says why it has no ledger.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from platforms.base import Platform, RemoteOrder
from platforms.money import ZERO
from webapp.backoffice.books.channel_ledgers import Wiring
from webapp.backoffice.books.effects import Chapter
from webapp.backoffice.books.escrow import settings_for
from webapp.backoffice.errors import NeedsPerson
from webapp.backoffice.orders.entries import Books, PlannedEntry, book_order
from webapp.backoffice.orders.letting_in import stage_of
from webapp.backoffice.orders.rules import TermsBook, load_rules
from webapp.backoffice.orders.standing import Standing
from webapp.backoffice.setup.recent_orders import newest_orders
from webapp.backoffice.setup.replaying import StoredOrder, stored_orders
from webapp.backoffice.setup.wiring import LedgerFacts, Place
from webapp.backoffice.sites.settings import DEFAULT_ROLES, PostingSettings, Role, SiteRules
from webapp.models.journal import JournalEntry, JournalLine
from webapp.models.orders import ChannelOrder
from webapp.models.sites import Site

NEWEST = 1_000  # orders and entries among which examples are looked for
PLAIN = 12  # of the newest, whatever they are
OFFERED = 8
DISCOUNT = "discount"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """An order to look at. `kinds`: what its journal shows: discount, fees, refund, payout."""

    order_id: int
    number: str
    payment_method: str
    currency: str
    total: Decimal
    kinds: tuple[str, ...]
    has_posted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewLine:
    """One side. `ledger` None: `lacks` is why there is none."""

    role: str
    ledger: LedgerFacts | None
    lacks: str
    debit: Decimal
    credit: Decimal
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewEntry:
    chapter: str
    day: date
    memo: str
    lines: tuple[PreviewLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The chosen example's journal. `problem`: why nothing of it would post; "" when it would.

    `left`: what stays in clearing. `chosen` None: the site has no order that posts anything.
    """

    examples: tuple[Example, ...] = ()
    chosen: Example | None = None
    entries: tuple[PreviewEntry, ...] = ()
    problem: str = ""
    debit: Decimal = ZERO
    credit: Decimal = ZERO
    left: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class _Booked:
    example: Example
    entries: tuple[PlannedEntry, ...]
    problem: str


def preview_wiring(
    session: Session,
    site: Site,
    platform: Platform,
    *,
    wired: Mapping[Place, LedgerFacts],
    refused: Mapping[Place, str],
    posting: PostingSettings,
    chosen: int | None,
    now: datetime,
) -> Preview:
    """How the order `chosen` would post, or the first example, and which others are offered.

    `wired`: the ledgers as they would stand, `refused`: why one of them is none that the place
    may use.
    """
    places = _Places(wired, refused)
    rules = load_rules(session, site, platform)
    ids = list(dict.fromkeys([*_examples(session, site.id), *([chosen] if chosen else [])]))
    booked: list[_Booked] = []
    for batch in stored_orders(session, TermsBook(session, site.id, now), ids):
        for stored in batch:
            order = stored.read(platform, rules)
            if order is not None and order.currency == site.currency:
                booked.append(_book(stored, order, rules, posting, places))
    offered = _offered(booked, chosen)
    shown = next((each for each in offered if each.example.order_id == chosen), None)
    if shown is None:
        shown = offered[0] if offered else None
    if shown is None:
        return Preview()
    entries = tuple(_entry(each, places) for each in shown.entries)
    lines = [line for entry in entries for line in entry.lines]
    return Preview(
        examples=tuple(each.example for each in offered),
        chosen=shown.example,
        entries=entries,
        problem=shown.problem,
        debit=sum((line.debit for line in lines), ZERO),
        credit=sum((line.credit for line in lines), ZERO),
        left=sum(
            (line.debit - line.credit for line in lines if line.role == Role.CUSTOMER_PAYMENT),
            ZERO,
        ),
    )


class _Places:
    """The ledger of each place; one that lacks it has a number below zero, and a reason."""

    def __init__(self, wired: Mapping[Place, LedgerFacts], refused: Mapping[Place, str]) -> None:
        self.ledgers = {ledger.id: ledger for ledger in wired.values()}
        self.lacks: dict[int, str] = {}
        ids: dict[Place, int] = {}
        for place, ledger in wired.items():
            if place in refused:
                ids[place] = self._without("no ledger it may use")
            else:
                ids[place] = ledger.id
        for role in Role:
            if (role, "") not in ids and role not in DEFAULT_ROLES:
                ids[(role, "")] = self._without("no ledger")
        self.books = Books(Wiring(ids), None)

    def _without(self, why: str) -> int:
        number = -1 - len(self.lacks)
        self.lacks[number] = why
        return number


def _examples(session: Session, site_id: int) -> list[int]:
    """Orders worth a look: the newest of each payment method and each chapter, and the newest."""
    newest = newest_orders(session, site_id, NEWEST)
    by_method = session.scalars(
        select(func.max(ChannelOrder.id))
        .where(ChannelOrder.id.in_(newest))
        .group_by(ChannelOrder.payment_method)
    ).all()
    entries = (
        select(JournalEntry.id, JournalEntry.channel_order_id, JournalEntry.chapter)
        .where(JournalEntry.site_id == site_id)
        .order_by(JournalEntry.posted_on.desc(), JournalEntry.id.desc())
        .limit(NEWEST)
        .subquery()
    )
    by_chapter = session.scalars(
        select(func.max(entries.c.channel_order_id)).group_by(entries.c.chapter)
    ).all()
    discounted = session.scalar(
        select(func.max(entries.c.channel_order_id))
        .join(JournalLine, JournalLine.entry_id == entries.c.id)
        .where(JournalLine.role == Role.DISCOUNT.value)
    )
    first = [discounted] if discounted is not None else []
    return list(dict.fromkeys([*first, *by_chapter, *by_method, *newest[:PLAIN]]))


def _book(
    stored: StoredOrder,
    order: RemoteOrder,
    rules: SiteRules,
    posting: PostingSettings,
    places: _Places,
) -> _Booked:
    as_new = Standing(
        is_gone=stored.standing.is_gone,
        deletion_choice=stored.standing.deletion_choice,
        settled=stored.standing.settled,
    )
    settings = settings_for(order, None, posting)
    entries: tuple[PlannedEntry, ...] = ()
    problem = ""
    try:
        stage = stage_of(order, settings, as_new)
        read_at = stored.row.read_at
        entries = book_order(order, stage, rules, settings, places.books, as_new, read_at).entries
    except NeedsPerson as need:
        problem = need.problem.sentence
    example = Example(
        order_id=stored.row.id,
        number=stored.row.number,
        payment_method=order.payment_method,
        currency=order.currency,
        total=order.total,
        kinds=_kinds(entries),
        has_posted=bool(stored.standing.posted.parts),
    )
    return _Booked(example, entries, problem)


def _kinds(entries: Iterable[PlannedEntry]) -> tuple[str, ...]:
    roles = {line.role for entry in entries for line in entry.difference.lines}
    chapters = {entry.difference.chapter for entry in entries}
    kinds = [DISCOUNT] if Role.DISCOUNT in roles else []
    return (*kinds, *(each.value for each in Chapter if each in chapters and each != Chapter.SALE))


def _offered(booked: Sequence[_Booked], chosen: int | None) -> list[_Booked]:
    """One of each payment method and kind, those that show the most first; and the chosen one."""
    telling = [each for each in booked if each.entries or each.problem]
    offered: list[_Booked] = []
    seen: set[str] = set()
    for each in sorted(telling, key=lambda one: (bool(one.problem), -len(one.example.kinds))):
        shows = {f"by {each.example.payment_method}", *each.example.kinds}
        if len(offered) < OFFERED and not shows <= seen:
            offered.append(each)
            seen |= shows
    mine = [each for each in booked if each.example.order_id == chosen and each not in offered]
    return offered + mine


def _entry(entry: PlannedEntry, places: _Places) -> PreviewEntry:
    lines = []
    for line, ledger in zip(entry.difference.lines, entry.ledgers, strict=True):
        lines.append(
            PreviewLine(
                role=line.role,
                ledger=places.ledgers[ledger] if ledger > 0 else None,
                lacks=places.lacks.get(ledger, ""),
                debit=max(line.signed, ZERO),
                credit=max(-line.signed, ZERO),
                because=line.because,
            )
        )
    return PreviewEntry(
        chapter=entry.difference.chapter,
        day=entry.posted_on,
        memo=entry.difference.memo,
        lines=tuple(lines),
    )
