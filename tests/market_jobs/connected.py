"""A marketplace on a real socket and the site that is connected to it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine, select

from jobs.payouts import PayoutsReport, pull_payouts
from jobs.pull import pull_site
from jobs.runtime import Runtime
from jobs.taking import PullReport
from platforms import registry
from platforms.sandbox.shopee import Sandbox, Sold, open_sandbox
from tests import factories as make
from tests.stores import connect_shop, runtime_of, state_of, verified
from webapp.backoffice.reports.clearing import Clearing, clearing
from webapp.backoffice.reports.order_view import EntryView, find_orders, view_order
from webapp.database import reading, writing
from webapp.models.ledgers import Ledger
from webapp.models.orders import ChannelOrder
from webapp.models.sites import Site

PLATFORM = registry.get("shopee")
ESCROW = {"commission_fee": "4.00", "service_fee": "1.00"}


@dataclass(slots=True)
class Market:
    """One connected shop. Orders are named by the store's number."""

    engine: Engine
    sandbox: Sandbox
    site_id: int

    @property
    def store(self) -> Any:
        return self.sandbox.store

    @property
    def runtime(self) -> Runtime:
        return runtime_of(self.engine)

    def pull(self, **given: Any) -> PullReport:
        return pull_site(self.runtime, self.site_id, **given)

    def payouts(self) -> PayoutsReport:
        return pull_payouts(self.runtime, self.site_id)

    def sells(self, price: str = "50.00", **given: Any) -> str:
        """A paid order of one piece, without delivery and with fees of 5.00."""
        sku = self.sandbox.stock_rows()[0][0]
        values: dict[str, Any] = {
            "lines": [Sold(product=sku, quantity=1, price=price)],
            "status": "READY_TO_SHIP",
            "shipping": "0",
            "escrow": ESCROW,
            "exact": True,
            **given,
        }
        number: str = self.store.place_order(**values)
        return number

    def completes(self, number: str) -> None:
        for step in (self.store.arrange, self.store.ship, self.store.deliver, self.store.complete):
            step(number)

    def site(self) -> Site:
        with reading(self.engine) as session:
            return session.get_one(Site, self.site_id)

    def change(self, **values: Any) -> None:
        with writing(self.engine) as session:
            site = session.get_one(Site, self.site_id)
            for name, value in values.items():
                setattr(site, name, value)

    def state(self, number: str) -> tuple[str, str | None]:
        return state_of(self.engine, number)

    def order_id(self, number: str) -> int:
        with reading(self.engine) as session:
            (found,) = find_orders(session, self.site_id, number)
            return found

    def entries(self, number: str) -> tuple[EntryView, ...]:
        with reading(self.engine) as session:
            return tuple(view_order(session, self.order_id(number), platforms=registry.get).entries)

    def clearing(self) -> Clearing:
        with reading(self.engine) as session:
            return clearing(
                session, session.get_one(Site, self.site_id), at=datetime.now(UTC).date()
            )

    def left(self) -> dict[str, Decimal]:
        """What clearing holds, by order."""
        return {each.number: each.balance for each in self.clearing().orders}

    def numbers(self) -> set[str]:
        with reading(self.engine) as session:
            query = select(ChannelOrder.number).where(ChannelOrder.site_id == self.site_id)
            return set(session.scalars(query))

    def is_clean(self) -> bool:
        return verified(self.engine).is_clean


@contextmanager
def open_market(engine: Engine, **given: Any) -> Iterator[Market]:
    """A shop without orders, its catalogue mapped and counted, its six ledgers and bank wired."""
    with open_sandbox(**given) as sandbox:
        yield connect_market(engine, sandbox)


def connect_market(engine: Engine, sandbox: Sandbox, **given: Any) -> Market:
    values: Mapping[str, Any] = {
        "name": "market",
        "platform": PLATFORM.name,
        "automation": {
            "import_statuses": list(PLATFORM.default_statuses),
            "on_shipped_set_status": PLATFORM.shipped_status,
        },
        "posting": {"tax_collected_by": PLATFORM.tax_collected_by},
        "buyer_days": PLATFORM.buyer_days,
        **given,
    }
    site_id = connect_shop(engine, sandbox, **values)
    with writing(engine) as session:
        bank = session.scalars(select(Ledger).where(Ledger.code == "1000")).one()
        make.wiring(session, session.get_one(Site, site_id), "bank", bank)
    return Market(engine, sandbox, site_id)
