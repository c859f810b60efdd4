"""The scene of the last pieces: one shelf, two stores, four workers on PostgreSQL.

In each run the last 50 pieces of one item are sold twice over, in both stores at once, while the
workers pull and push. Every order must then be synced once, the stock must be what was there less
what was sold, and each piece below zero must be recorded as an oversell.
"""

import shutil
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from benchmarks.at_work import at_work
from benchmarks.two_platforms import (
    Storefront,
    environment_of,
    set_up,
    sku_of,
    two_storefronts,
)
from jobs import broker
from jobs.bundled import Bundled
from jobs.enqueue import request_pull
from platforms import registry
from webapp.backoffice.reports.verifying import verify_books
from webapp.cli.context import Context
from webapp.database import reading, utc_now
from webapp.models.orders import ChannelOrder, RetailOrder
from webapp.models.sites import Site, SyncRun
from webapp.models.stock import Oversell, StockItem, StockMove

LAST = 50
WORKERS = 4
CADENCE = 10
# The workers meet sales that are still being made.
APART = 0.02
ASKS_EVERY = 0.1
GIVES_UP_AFTER = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run. `absent` orders are not there or not synced, `doubled` ones are there twice.

    `off`: pieces on hand or reserved that should not be. `unrecorded`: pieces below zero without
    an oversell, or oversells of too many. `seconds` until all was synced.
    """

    sold: int
    absent: int
    doubled: int
    off: int
    oversold: int
    unrecorded: int
    seconds: float

    @property
    def is_good(self) -> bool:
        return not (self.absent or self.doubled or self.off or self.unrecorded)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """After all runs. `wrong`: entries and orders of the books that are not as they should be.

    `offered`: pieces that the stores still show. `deadlocks`, as PostgreSQL counted them;
    `said`: what the workers complained of. `overlaps`: pulls with new orders of one store during
    which such a pull of the other was under way, without which nothing would be shown.
    """

    orders: int
    overlaps: int
    wrong: int
    offered: int
    deadlocks: int
    said: str

    @property
    def is_good(self) -> bool:
        return bool(self.overlaps) and not (
            self.wrong or self.offered or self.deadlocks or self.said
        )


@dataclass(slots=True, kw_only=True)
class Scene:
    """Both stores, and four workers at work. Each run sells an item of its own."""

    engine: Engine
    server: Bundled
    storefronts: tuple[Storefront, Storefront]
    logs: tuple[Path, ...]
    runs: int = 0

    def play(self) -> Run:
        """The last pieces of the next item are sold, each of them twice."""
        self.runs += 1
        sku = sku_of(self.runs)
        began = time.monotonic()
        numbers: list[tuple[str, str]] = []
        sellers = [
            threading.Thread(target=_sell, args=(each, sku, numbers), daemon=True)
            for each in self.storefronts
        ]
        for seller in sellers:
            seller.start()
        while time.monotonic() - began < GIVES_UP_AFTER:
            self._ask_for_pulls()
            time.sleep(ASKS_EVERY)
            if not any(seller.is_alive() for seller in sellers) and not self._waiting(numbers):
                break
        return self._verdict(sku, numbers, time.monotonic() - began)

    def end(self) -> Ending:
        """Once the stores have heard of the last sales."""
        sold_out = [sku_of(number) for number in range(1, self.runs + 1)]
        deadline = time.monotonic() + GIVES_UP_AFTER
        while (offered := self._offered(sold_out)) and time.monotonic() < deadline:
            time.sleep(ASKS_EVERY)
        with reading(self.engine) as session:
            report = verify_books(session, registry.get, lambda done, total, what: None)
            deadlocks = session.execute(text(_DEADLOCKS)).scalar_one()
            overlaps = _overlaps(session)
        wrong = len(report.unbalanced) + len(report.duplicates) + len(report.drifted)
        said = "".join(path.read_text(encoding="utf-8") for path in self.logs)
        return Ending(
            orders=report.orders,
            overlaps=overlaps,
            wrong=wrong,
            offered=offered,
            deadlocks=int(deadlocks),
            said="\n".join(line for line in said.splitlines() if _is_complaint(line)),
        )

    def _ask_for_pulls(self) -> None:
        connection = broker.for_people(self.server.url)
        for site_id in self._sites().values():
            request_pull(self.engine, connection, site_id, now=utc_now())
        connection.close()

    def _sites(self) -> dict[str, int]:
        with reading(self.engine) as session:
            return {row.name: row.id for row in session.execute(select(Site.name, Site.id))}

    def _waiting(self, numbers: Sequence[tuple[str, str]]) -> int:
        found = self._found(numbers)
        return len(numbers) - sum(1 for states in found.values() if states == ["synced"])

    def _found(self, numbers: Sequence[tuple[str, str]]) -> dict[tuple[str, str], list[str]]:
        """The states of the rows that stand for each of these orders."""
        found: dict[tuple[str, str], list[str]] = {each: [] for each in numbers}
        with reading(self.engine) as session:
            rows = session.execute(
                select(Site.name, ChannelOrder.number, ChannelOrder.state)
                .join(Site, Site.id == ChannelOrder.site_id)
                .where(ChannelOrder.number.in_([number for _, number in numbers]))
            )
            for row in rows:
                found.get((row.name, row.number), []).append(row.state)
        return found

    def _verdict(self, sku: str, numbers: Sequence[tuple[str, str]], seconds: float) -> Run:
        states = self._found(numbers)
        with reading(self.engine) as session:
            item = session.scalars(select(StockItem).where(StockItem.sku == sku)).one()
            moved = session.scalar(
                select(func.sum(StockMove.quantity)).where(StockMove.stock_item_id == item.id)
            )
            missing = session.scalars(
                select(Oversell.missing).where(Oversell.stock_item_id == item.id)
            ).all()
            retail = Counter(
                session.scalars(
                    select(RetailOrder.channel_order_id)
                    .join(ChannelOrder, ChannelOrder.id == RetailOrder.channel_order_id)
                    .where(ChannelOrder.number.in_([number for _, number in numbers]))
                )
            )
        left = LAST - len(numbers)
        return Run(
            sold=len(numbers),
            absent=sum(1 for found in states.values() if "synced" not in found)
            + abs(len(numbers) - len(retail)),
            doubled=sum(len(found) > 1 for found in states.values())
            + sum(count > 1 for count in retail.values()),
            off=abs(item.on_hand - left) + abs(item.reserved) + abs(int(moved or 0) - left),
            oversold=sum(missing),
            unrecorded=abs(max(-left, 0) - sum(missing)),
            seconds=seconds,
        )

    def _offered(self, skus: Sequence[str]) -> int:
        """A store that goes on selling after it was told 0 counts below it by itself."""
        return sum(max(storefront.shown(sku), 0) for storefront in self.storefronts for sku in skus)


_DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"


def _sell(storefront: Storefront, sku: str, numbers: list[tuple[str, str]]) -> None:
    for _ in range(LAST):
        numbers.append((storefront.site, storefront.sell(sku)))
        time.sleep(APART)


def _overlaps(session: Session) -> int:
    rows = session.execute(
        select(SyncRun.site_id, SyncRun.started_at, SyncRun.finished_at, SyncRun.counts).where(
            SyncRun.kind == "pull", SyncRun.finished_at.is_not(None)
        )
    ).all()
    pulls = [row for row in rows if row.counts.get("new")]
    return sum(
        any(
            other.site_id != each.site_id
            and other.started_at < each.finished_at
            and each.started_at < other.finished_at
            for other in pulls
        )
        for each in pulls
    )


def _is_complaint(line: str) -> bool:
    return any(word in line.lower() for word in ("deadlock", "error", "traceback"))


@contextmanager
def open_scene(database_url: str, runs: int, key: str) -> Iterator[Scene]:
    """Both stores on one shelf in an empty PostgreSQL, and four workers, for so many runs.

    `key` seals what is secret.
    """
    home = Path(tempfile.mkdtemp(prefix="tillbridge-last-"))
    environment = {**environment_of(home, key), "DATABASE_URL": database_url}
    context = Context(environment=environment)
    server = Bundled(home)
    try:
        with two_storefronts(runs) as storefronts, ExitStack() as processes:
            pieces = {sku_of(number): LAST for number in range(1, runs + 1)}
            set_up(context, storefronts, every=CADENCE, pieces=pieces)
            server.ensure()
            logs = {home / f"worker-{number}.log": "worker" for number in range(WORKERS)}
            logs[home / "scheduler.log"] = "scheduler"
            for log, word in logs.items():
                processes.enter_context(at_work(environment, log, word))
            yield Scene(
                engine=context.engine, server=server, storefronts=storefronts, logs=tuple(logs)
            )
    finally:
        context.close()
        server.stop()
        shutil.rmtree(home, ignore_errors=True)
