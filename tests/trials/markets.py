"""A marketplace on a real socket and the site that is connected to it, driven as a story tells it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine, func, select

from jobs.payouts import PayoutsReport, pull_payouts
from jobs.pull import PullReport, pull_site
from jobs.push import PushReport, push_site
from jobs.runtime import Runtime
from jobs.ship import ShipReport, ship_order
from platforms import registry
from platforms.sandbox.shopee import Sandbox, ShopeeStore, Sold, escrow
from tests import factories as make
from tests.stores import count_shelf, map_catalogue, runtime_of, shelf, state_of, verified
from webapp.backoffice.books.settling import WaitingLine, worklist
from webapp.backoffice.reports.order_view import OrderView, find_orders, view_order
from webapp.backoffice.setup.declarations import apply_declarations
from webapp.database import reading, utc_now, writing
from webapp.models.journal import JournalEntry, JournalLine
from webapp.models.ledgers import Ledger
from webapp.models.orders import ChannelOrder
from webapp.models.sites import Site

ZERO = Decimal(0)


@dataclass(slots=True)
class Market:
    """One connected shop of the marketplace. `name` is the site's."""

    engine: Engine
    sandbox: Sandbox
    name: str
    site_id: int

    @property
    def store(self) -> ShopeeStore:
        return self.sandbox.store

    @property
    def runtime(self) -> Runtime:
        return runtime_of(self.engine)

    def pull(self, **given: Any) -> PullReport:
        return pull_site(self.runtime, self.site_id, **given)

    def settle(self) -> PayoutsReport:
        return pull_payouts(self.runtime, self.site_id)

    def push(self, **given: Any) -> PushReport:
        return push_site(self.runtime, self.site_id, **given)

    def ship(self, order_sn: str, **given: Any) -> ShipReport:
        return ship_order(self.runtime, self.site_id, self.order_id(order_sn), **given)

    def sells(self, sku: str = "MUG-TEHTARIK", quantity: int = 2, **given: Any) -> str:
        """An order of one line; paid, unless told otherwise."""
        return self.store.place_order(lines=[Sold(product=sku, quantity=quantity)], **given)

    def declares(self, **sections: Mapping[str, Any]) -> None:
        """Apply these sections of the site's declaration."""
        declare(self.engine, {"name": self.name, **sections})

    def order_id(self, order_sn: str) -> int:
        with reading(self.engine) as session:
            (order_id,) = find_orders(session, self.site_id, order_sn)
            return order_id

    def order(self, order_sn: str) -> OrderView:
        order_id = self.order_id(order_sn)
        with reading(self.engine) as session:
            return view_order(session, order_id, platforms=registry.get)

    def state(self, order_sn: str) -> tuple[str, str | None]:
        return state_of(self.engine, order_sn)

    def clearing(self, order_sn: str) -> Decimal:
        return clearings(self.engine, self.site_id).get(order_sn, ZERO)

    def waiting(self) -> list[WaitingLine]:
        with reading(self.engine) as session:
            return worklist(session, self.site_id)

    def site(self) -> Site:
        with reading(self.engine) as session:
            return session.get_one(Site, self.site_id)

    def due(self) -> None:
        """What waits for a later try is to be tried now."""
        with writing(self.engine) as session:
            for order in session.scalars(
                select(ChannelOrder).where(
                    ChannelOrder.site_id == self.site_id,
                    ChannelOrder.next_attempt_at.is_not(None),
                )
            ):
                order.next_attempt_at = utc_now()

    def stock(self, sku: str) -> tuple[int, int]:
        """On hand and reserved."""
        return shelf(self.engine)[sku]

    def is_clean(self) -> bool:
        report = verified(self.engine)
        assert report.drifted == []
        return report.is_clean


def connected(engine: Engine, sandbox: Sandbox, *, name: str = "market", **changed: Any) -> Market:
    """The sandbox as a site by its own declaration, its catalogue counted and mapped.

    `changed`: sections of the declaration that differ.
    """
    with writing(engine) as session:
        if session.scalar(select(func.count(Ledger.id))) == 0:
            make.chart(session)
    declare(engine, {**sandbox.declaration(name), **changed})
    with writing(engine) as session:
        site = session.scalars(select(Site).where(Site.name == name)).one()
        site.push_seen_at = make.NOW
        count_shelf(session, sandbox)  # type: ignore[arg-type]
        map_catalogue(session, site, sandbox)  # type: ignore[arg-type]
        return Market(engine, sandbox, name, site.id)


def declare(engine: Engine, declaration: Mapping[str, Any]) -> None:
    platforms = {name: registry.get(name) for name in registry.names()}
    with writing(engine) as session:
        apply_declarations(session, declaration, platforms=platforms, now=utc_now(), actor="tests")


def clearings(engine: Engine, site_id: int) -> dict[str, Decimal]:
    """What is left in clearing, by order; orders without any such line are absent."""
    with reading(engine) as session:
        rows = session.execute(
            select(
                ChannelOrder.remote_id, func.sum(JournalLine.debit), func.sum(JournalLine.credit)
            )
            .join(JournalEntry, JournalEntry.channel_order_id == ChannelOrder.id)
            .join(JournalLine, JournalLine.entry_id == JournalEntry.id)
            .where(ChannelOrder.site_id == site_id, JournalLine.role == "customer_payment")
            .group_by(ChannelOrder.remote_id)
        )
        return {remote_id: debit - credit for remote_id, debit, credit in rows}


def owed(sandbox: Sandbox, order_sn: str) -> Decimal:
    """What the marketplace says that it owes, adjustments included; 0 where it has no escrow."""
    store = sandbox.store
    with store.lock:
        return escrow.after_adjustment(store.orders[order_sn])


def released(sandbox: Sandbox) -> set[str]:
    return {row.order_sn for row in sandbox.store.released()}
