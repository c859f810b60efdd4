"""`python -m benchmarks.chaos`, which bin/chaos calls: orders flow, and everything is struck down.

Two stores sell the same stock; `run` brings the sales in. After each blow one more order is
placed, and the seconds until it is synced are what the blow cost. At the end every order must be
there once, the books must be what the payloads say, and the stock what was sold. Exit status 1
when anything is lost, doubled or off, or took more than half a minute to go on.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine, select

from benchmarks.blows import Blow, Place, blows
from jobs.bundled import Bundled
from platforms import registry
from platforms.sandbox.woocommerce import Sandbox, Sold, open_sandbox
from webapp.backoffice.reports.verifying import verify_books
from webapp.cli.context import Context
from webapp.cli.demo_stage import run_words
from webapp.cli.sandbox import write_files
from webapp.database import reading
from webapp.models.orders import ChannelOrder
from webapp.models.sites import Site
from webapp.models.stock import StockItem

SKU = "MUG-TEHTARIK"
NAMES = ("one", "two")
CADENCE = 10
# "Half a minute to go on", and the store's own cadence on top.
RECOVERS_WITHIN = 30 + CADENCE
GIVES_UP_AFTER = 180


@dataclass(slots=True)
class Sales:
    """What was sold, by site. Orders are placed from several threads."""

    stores: dict[str, Sandbox]
    numbers: dict[str, list[int]] = field(default_factory=lambda: {name: [] for name in NAMES})
    lock: threading.Lock = field(default_factory=threading.Lock)

    def sell(self, name: str) -> int:
        number = self.stores[name].store.place_order(lines=[Sold(product=SKU, quantity=1)])
        with self.lock:
            self.numbers[name].append(number)
        return number

    @property
    def count(self) -> int:
        return sum(map(len, self.numbers.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`lost` orders are not there or not synced; `doubled` are pieces sold that were not."""

    placed: int
    lost: int
    doubled: int
    off: int
    recovered: list[tuple[str, float]]

    @property
    def is_good(self) -> bool:
        quick = all(seconds <= RECOVERS_WITHIN for _, seconds in self.recovered)
        return quick and not (self.lost or self.doubled or self.off)


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="chaos", description=__doc__)
    parser.add_argument("--short", action="store_true", help="a minute or two: to try it")
    arguments = parser.parse_args(argv)
    if arguments.short:
        plan, orders, rate = blows(away=4, locked=4, down=4, kills=1), 100, 4.0
    else:
        plan, orders, rate = blows(away=60, locked=20, down=60, kills=5), 5000, 15.0
    with _installation() as (place, context, sales):
        verdict = _play(place, context.engine, sales, plan, orders, rate)
    _print(verdict)
    return 0 if verdict.is_good else 1


def _play(
    place: Place, engine: Engine, sales: Sales, plan: Sequence[Blow], orders: int, rate: float
) -> Verdict:
    opening = _on_hand(engine)
    seller = threading.Thread(target=_keep_selling, args=(sales, orders, rate), daemon=True)
    seller.start()
    recovered = []
    for blow in plan:
        print(f"  {blow.name} …", file=sys.stderr, flush=True)
        blow.strike(place)
        recovered.append((blow.name, _recovery(engine, sales)))
    seller.join()
    last = {name: sales.sell(name) for name in NAMES}
    for name, number in last.items():
        _wait(lambda name=name, number=number: _is_synced(engine, name, number))
    return _verdict(engine, sales, opening, recovered)


def _keep_selling(sales: Sales, orders: int, rate: float) -> None:
    for number in range(orders):
        sales.sell(NAMES[number % len(NAMES)])
        time.sleep(1 / rate)


def _recovery(engine: Engine, sales: Sales) -> float:
    """Seconds until an order that was placed after the blow is synced, in both stores."""
    begun = time.monotonic()
    for name, number in [(name, sales.sell(name)) for name in NAMES]:
        _wait(lambda name=name, number=number: _is_synced(engine, name, number))
    return time.monotonic() - begun


def _wait(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + GIVES_UP_AFTER
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.1)


def _is_synced(engine: Engine, name: str, number: int) -> bool:
    return _states(engine, name).get(str(number)) == "synced"


def _states(engine: Engine, name: str) -> dict[str, str]:
    with reading(engine) as session:
        rows = session.execute(
            select(ChannelOrder.number, ChannelOrder.state)
            .join(Site, Site.id == ChannelOrder.site_id)
            .where(Site.name == name)
        )
        return {row.number: row.state for row in rows}


def _on_hand(engine: Engine) -> int:
    with reading(engine) as session:
        return session.scalars(select(StockItem.on_hand).where(StockItem.sku == SKU)).one()


def _verdict(
    engine: Engine, sales: Sales, opening: int, recovered: list[tuple[str, float]]
) -> Verdict:
    found: Counter[str] = Counter()
    for name in NAMES:
        states = _states(engine, name)
        found.update(states.get(str(number), "absent") for number in sales.numbers[name])
    with reading(engine) as session:
        report = verify_books(session, registry.get, lambda done, total, what: None)
    sold = opening - _on_hand(engine)
    return Verdict(
        placed=sales.count,
        lost=sales.count - found["synced"],
        doubled=abs(sold - found["synced"]),
        off=len(report.drifted) + (0 if report.is_clean else 1),
        recovered=recovered,
    )


def _print(verdict: Verdict) -> None:
    width = max(len(name) for name, _ in verdict.recovered)
    print(f"\n{'what happened':<{width}}  seconds until new orders were synced")
    for name, seconds in verdict.recovered:
        print(f"{name:<{width}}  {seconds:6.1f}")
    print(
        f"\n{verdict.placed:,} orders placed: {verdict.lost} lost, {verdict.doubled} pieces doubled, "
        f"{verdict.off} off by a cent or more. {'Good.' if verdict.is_good else 'NOT GOOD.'}"
    )


@contextmanager
def _installation() -> Iterator[tuple[Place, Context, Sales]]:
    """A home with two stores that show the same stock, and `run` at work in it."""
    home = Path(tempfile.mkdtemp(prefix="tillbridge-chaos-"))
    environment = {"TILLBRIDGE_HOME": str(home), "TILLBRIDGE_ALLOW_PRIVATE_STORES": "1"}
    context = Context(environment=environment)
    with open_sandbox() as one, open_sandbox() as two:
        stores = dict(zip(NAMES, (one, two), strict=True))
        try:
            _set_up(context, home, stores)
            with _running(home, environment) as pid:
                place = Place(home=home, supervisor=pid, stores=(one, two))
                yield place, context, Sales(stores)
        finally:
            context.close()
            Bundled(home).stop()
            shutil.rmtree(home, ignore_errors=True)


def _set_up(context: Context, home: Path, stores: dict[str, Sandbox]) -> None:
    run_words(context, "init")
    for name, sandbox in stores.items():
        files = home / "files" / name
        declaration = sandbox.declaration(name)
        declaration["integration"] |= {"pull_every": CADENCE, "push_every": 300}
        write_files(files, declaration, sandbox)
        run_words(context, "site", "apply", str(files / "site.json"))
        if name == NAMES[0]:
            run_words(context, "stock", "import", str(files / "stock.csv"))
        run_words(context, "catalogue", "pull", name)
        run_words(context, "mapping", "import", name, str(files / "mapping.csv"))


@contextmanager
def _running(home: Path, environment: dict[str, str]) -> Iterator[int]:
    """`run`, with what it says in a file of the home."""
    command = [sys.executable, "-P", "-m", "webapp.cli", "run", "--port", "0"]
    with (home / "run.log").open("wb") as log:
        process = subprocess.Popen(
            command, env={**os.environ, **environment}, stdout=log, stderr=log
        )
    try:
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(15)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
