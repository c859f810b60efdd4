"""Stored orders read again, and planned by rules that may not stand yet. Reads only."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from platforms.base import Platform, RemoteAddress, RemoteBuyer, RemoteOrder
from platforms.errors import OrderUnreadable
from webapp.backoffice.books.escrow import settings_for
from webapp.backoffice.errors import Code
from webapp.backoffice.goods.meanings import Catalogue, line_key
from webapp.backoffice.orders import gathering, listed
from webapp.backoffice.orders.entries import Books
from webapp.backoffice.orders.payloads import present_payloads
from webapp.backoffice.orders.planning import Plan, plan_order
from webapp.backoffice.orders.rules import TermsBook
from webapp.backoffice.orders.standing import Standing
from webapp.backoffice.sites.settings import PostingSettings, SiteRules
from webapp.models.orders import ChannelOrder, OrderBuyer

BATCH = 500
# What went wrong with these may go wrong here too, where nothing isolates an order.
LEFT_OUT = Code.INTERNAL_ERROR.value


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredOrder:
    """An order as it stands here. `row`: of `gathering.ORDER_COLUMNS`; `kept`: its settings."""

    row: gathering.KnownOrder
    payload: bytes
    standing: Standing
    kept: PostingSettings | None
    buyer: RemoteBuyer

    def read(self, platform: Platform, rules: SiteRules) -> RemoteOrder | None:
        """The order as these rules have it read; None: it makes no sense."""
        try:
            return platform.read_payload(self.payload, rules.terms(self.kept or rules.posting))
        except OrderUnreadable:
            return None


def stored_orders(
    session: Session, terms: TermsBook, order_ids: Sequence[int]
) -> Iterator[list[StoredOrder]]:
    """The orders of these ids in batches, in their order; those that cannot be read are left out."""
    for start in range(0, len(order_ids), BATCH):
        ids = order_ids[start : start + BATCH]
        rows = session.execute(
            select(*gathering.ORDER_COLUMNS).where(
                ChannelOrder.id.in_(ids),
                ChannelOrder.code.is_distinct_from(LEFT_OUT),
            )
        ).all()
        payloads = present_payloads(session, [row.id for row in rows])
        standings = gathering.standings(session, rows)
        numbers = {row.posting_terms_id for row in rows if row.posting_terms_id is not None}
        kept = terms.settings(numbers) if numbers else {}
        buyers = _buyers(session, [row.id for row in rows])
        by_id = {row.id: row for row in rows if row.id in payloads}
        yield [
            StoredOrder(
                row=by_id[order_id],
                payload=payloads[order_id],
                standing=standings[order_id],
                kept=kept.get(by_id[order_id].posting_terms_id),
                buyer=buyers.get(order_id, RemoteBuyer()),
            )
            for order_id in ids
            if order_id in by_id
        ]


def _buyers(session: Session, ids: Sequence[int]) -> dict[int, RemoteBuyer]:
    """What hold rules may ask of a buyer; an emptied row has neither."""
    rows = session.execute(
        select(OrderBuyer.channel_order_id, OrderBuyer.country, OrderBuyer.note).where(
            OrderBuyer.channel_order_id.in_(ids)
        )
    )
    return {
        order_id: RemoteBuyer(note=note, shipping=RemoteAddress(country=country))
        for order_id, country, note in rows
    }


def catalogue_of(
    session: Session, site_id: int, read: Sequence[tuple[RemoteOrder, Standing]]
) -> Catalogue:
    """What the lines of these orders stand for."""
    return listed.stored_catalogue_for(session, site_id, read)


def is_listed(order: RemoteOrder, standing: Standing, catalogue: Catalogue) -> bool:
    """Whether each line has its listing here: those of an order never processed may not."""
    return all(
        line_key(line) in catalogue.by_key
        if line.listing_key is not None or line.remote_line_id not in standing.kept
        else True
        for line in order.lines
    )


def replan(
    stored: StoredOrder, order: RemoteOrder, rules: SiteRules, books: Books, catalogue: Catalogue
) -> Plan:
    """What the order would change now under these rules, given what it has caused."""
    return plan_order(
        order,
        rules=rules,
        posting=settings_for(order, stored.kept, rules.posting),
        books=books,
        catalogue=catalogue,
        standing=stored.standing,
        hold_reason=None,
        read_at=stored.row.gone_at or stored.row.read_at,
    )
