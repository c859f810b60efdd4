"""A store on a real socket and the site that is connected to it, driven as a story tells it."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine, select

from jobs.pull import pull_site
from jobs.runtime import Runtime
from jobs.sweep import SweepReport, sweep_site
from jobs.taking import PullReport
from platforms import registry
from platforms.money import plain
from platforms.sandbox.woocommerce import Carriage, Sandbox, Sold, WooStore
from tests.stores import connect_shop, runtime_of, shelf, state_of, verified
from webapp.backoffice.reports.order_view import EntryView, OrderView, find_orders, view_order
from webapp.database import reading, writing
from webapp.models.orders import ChannelOrder
from webapp.models.sites import Site

ALL_STATUSES = {"import_statuses": ["processing", "on-hold", "completed"]}


@dataclass(slots=True)
class Shop:
    """One connected store. Numbers of orders are their ids."""

    engine: Engine
    sandbox: Sandbox
    site_id: int
    seen: dict[int, int] = field(default_factory=dict)

    @property
    def store(self) -> WooStore:
        return self.sandbox.store

    @property
    def runtime(self) -> Runtime:
        return runtime_of(self.engine)

    def pull(self, **given: Any) -> PullReport:
        return pull_site(self.runtime, self.site_id, **given)

    def sweep(self, **given: Any) -> SweepReport:
        return sweep_site(self.runtime, self.site_id, **given)

    def sells(self, sku: str = "MUG-TEHTARIK", quantity: int = 2, **given: Any) -> int:
        """An order of one line at 50.00 the piece, with delivery at 8.00."""
        line = given.pop("line", None) or Sold(
            product=sku, quantity=quantity, subtotal=Decimal(50) * quantity
        )
        values: dict[str, Any] = {"shipping": [Carriage(total="8.00")], **given}
        return self.store.place_order(lines=[line], **values)

    def order_id(self, number: int) -> int:
        with reading(self.engine) as session:
            (order_id,) = find_orders(session, self.site_id, str(number))
            return order_id

    def order(self, number: int) -> OrderView:
        order_id = self.order_id(number)
        with reading(self.engine) as session:
            return view_order(session, order_id, platforms=registry.get)

    def state(self, number: int) -> tuple[str, str | None]:
        return state_of(self.engine, number)

    def news(self, number: int) -> list[tuple[str, str, int, dict[str, str]]]:
        """The entries posted since they were last asked for: chapter, part, number, amounts."""
        entries = self.order(number).entries
        fresh = entries[self.seen.get(number, 0) :]
        self.seen[number] = len(entries)
        return [(each.chapter, each.part, each.seq, amounts(each)) for each in fresh]

    def balance(self, number: int) -> dict[str, Decimal]:
        """What the order has come to, by role; zeros left out."""
        sums: dict[str, Decimal] = {}
        for entry in self.order(number).entries:
            for line in entry.lines:
                sums[line.role] = sums.get(line.role, Decimal(0)) + line.debit - line.credit
        return {role: amount for role, amount in sums.items() if amount}

    def stock(self, sku: str) -> tuple[int, int]:
        """On hand and reserved."""
        return shelf(self.engine)[sku]

    def on_hand(self, sku: str) -> int:
        return self.stock(sku)[0]

    def reserved(self, sku: str) -> int:
        return self.stock(sku)[1]

    def settings(self, **changes: Any) -> None:
        """Change columns of the site; `automation` and `posting` are added to what stands."""
        with writing(self.engine) as session:
            site = session.get_one(Site, self.site_id)
            for name, value in changes.items():
                if name in ("automation", "posting"):
                    setattr(site, name, {**getattr(site, name), **value})
                else:
                    setattr(site, name, value)

    def site(self) -> Site:
        with reading(self.engine) as session:
            return session.get_one(Site, self.site_id)

    def numbers(self) -> set[str]:
        with reading(self.engine) as session:
            return set(session.scalars(select(ChannelOrder.number)))

    def is_clean(self) -> bool:
        report = verified(self.engine)
        assert report.drifted == []
        return report.is_clean


def connected(engine: Engine, sandbox: Sandbox, **given: Any) -> Shop:
    """The sandbox as a site that takes in every status of a sale."""
    values: dict[str, Any] = {"automation": dict(ALL_STATUSES), **given}
    return Shop(engine, sandbox, connect_shop(engine, sandbox, **values))


def amounts(entry: EntryView) -> dict[str, str]:
    """An entry's amounts by role, debit plus, lines of one role added up."""
    sums: dict[str, Decimal] = {}
    for line in entry.lines:
        sums[line.role] = sums.get(line.role, Decimal(0)) + line.debit - line.credit
    return {role: plain(amount, 2) for role, amount in sums.items() if amount}
