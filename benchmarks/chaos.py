"""`python -m benchmarks.chaos`, which bin/chaos calls: orders flow, and everything is struck down.

Two stores sell the same stock; `run` brings the sales in and the quantities out. After each blow
one more order is placed in each store, and the seconds until both are synced are what the blow
cost, the site's own cadence among them: at most half a minute. While one store is down, orders of
the other are measured by the same bound. At the end a second, fresh installation pulls the same
stores quietly, and every order, ledger and stock item of the first must stand as it does there.

On SQLite as `run` comes, with the queue's server that it brings; on PostgreSQL with everything
given by address, as on several machines. `--backup` shows instead that a backup taken meanwhile
runs on to the same end. Exit status 1 when anything is lost, doubled or off, or was too slow.
"""

import argparse
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from types import FrameType

from benchmarks import backed_up
from benchmarks.blows import Blow, Place, blows
from benchmarks.installations import DATABASES, Ground, ground
from benchmarks.reckoning import Difference, Kind, differences, reckon
from benchmarks.selling import NAMES, Sales, two_stores
from benchmarks.waiting import come_to_rest, seconds_until_synced

RECOVERS_WITHIN = 30.0
# Seconds between two looks at the stores that a blow spares.
PROBES_APART = 2.0
SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How much is sold, and how hard the blows are (seconds; how often)."""

    orders: int
    rate: float
    away: float
    locked: float
    down: float
    kills: int


WHOLE = Shape(orders=5000, rate=12.0, away=60, locked=20, down=60, kills=5)
SHORT = Shape(orders=200, rate=5.0, away=3, locked=3, down=6, kills=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    placed: int
    edited: int
    recovered: list[tuple[str, float]]
    differences: list[Difference]

    def count(self, kind: Kind) -> int:
        return Counter(each.kind for each in self.differences)[kind]

    @property
    def is_good(self) -> bool:
        quick = all(seconds <= RECOVERS_WITHIN for _, seconds in self.recovered)
        return quick and not self.differences


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="chaos", description=__doc__)
    parser.add_argument("--database", choices=DATABASES, default=DATABASES[0])
    parser.add_argument("--short", action="store_true", help="about a minute: to try it")
    parser.add_argument(
        "--backup", action="store_true", help="no blows: a backup taken meanwhile, and run on"
    )
    arguments = parser.parse_args(argv)
    signal.signal(signal.SIGTERM, _end)
    with ground(arguments.database) as land, two_stores() as stores:
        sales = Sales(stores)
        if arguments.backup:
            return backed_up.run(land, sales, is_short=arguments.short)
        verdict = _storm(land, sales, SHORT if arguments.short else WHOLE)
    _print(verdict)
    return 0 if verdict.is_good else 1


def _end(number: int, frame: FrameType | None) -> None:
    """SIGTERM: everything that was started is ended, as on Ctrl-C."""
    sys.exit(128 + number)


def _storm(land: Ground, sales: Sales, shape: Shape) -> Verdict:
    struck = land.installation("struck")
    struck.set_up(sales.stores)
    struck.open_pushes(sales.stores)
    recovered: list[tuple[str, float]] = []
    with struck.running() as pid:
        place = Place(installation=struck, supervisor=pid, stores=sales.stores)
        seconds_until_synced(struck.engine, sales)
        seller = sales.keep_selling(shape.orders, shape.rate)
        plan = blows(
            away=shape.away,
            locked=shape.locked,
            down=shape.down,
            kills=shape.kills,
            is_sqlite=place.is_sqlite,
        )
        for blow in plan:
            _say(blow.name)
            recovered += _struck(blow, place, sales)
        seller.join()
        come_to_rest(struck)
    _say("the same stores, quietly")
    calm = land.installation("calm")
    calm.set_up(sales.stores)
    for name in NAMES:
        calm.do("pull", name)
    return Verdict(
        placed=len(sales.placed),
        edited=len(sales.edited),
        recovered=recovered,
        differences=differences(
            reckon(struck.engine), reckon(calm.engine), sales.placed, sales.edited
        ),
    )


def _struck(blow: Blow, place: Place, sales: Sales) -> list[tuple[str, float]]:
    """What the blow cost, and before it the longest that a spared store's order took meanwhile."""
    engine = place.installation.engine
    measured = []
    strike = threading.Thread(target=blow.strike, args=(place,), daemon=True)
    strike.start()
    if blow.spared:
        longest = 0.0
        while strike.is_alive():
            longest = max(longest, seconds_until_synced(engine, sales, blow.spared))
            time.sleep(PROBES_APART)
        measured.append(("  … the other store meanwhile", longest))
    strike.join()
    return [(blow.name, seconds_until_synced(engine, sales)), *measured]


def _say(what: str) -> None:
    print(f"  {what} …", file=sys.stderr, flush=True)


def _print(verdict: Verdict) -> None:
    width = max(len(name) for name, _ in verdict.recovered)
    print(f"\n{'what happened':<{width}}  seconds until new orders were synced")
    for name, seconds in verdict.recovered:
        print(f"{name:<{width}}  {seconds:6.1f}")
    lost, doubled, off = (verdict.count(kind) for kind in Kind)
    print(
        f"\n{verdict.placed:,} orders placed, {verdict.edited:,} of them changed later, compared "
        f"with a quiet run's: {lost} lost, {doubled} doubled, {off} off by a cent or more."
    )
    for each in verdict.differences[:SHOWN]:
        print(f"  {each.kind}: {each.what}")
    slow = [name for name, seconds in verdict.recovered if seconds > RECOVERS_WITHIN]
    for name in slow:
        print(f"  slower than {RECOVERS_WITHIN:g} s: {name.strip(' …')}")
    print("Good." if verdict.is_good else "NOT GOOD.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
