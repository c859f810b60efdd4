"""A backup taken while orders flow, restored elsewhere and run on: the same books, stock, states.

The original goes on to the end and stops. The copy begins where the backup was taken, in another
home and database; `run` pulls what it lacks. It must stand as the original does, and must have
sent nothing to any store before a person saw what it would send.
"""

import sys
import threading
import time
from dataclasses import dataclass

from benchmarks.installations import Ground, Installation
from benchmarks.reckoning import Difference, differences, reckon
from benchmarks.selling import NAMES, Sales
from benchmarks.waiting import GIVES_UP_AFTER, come_to_rest, synced

SHOWN = 20
READS = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    orders: int
    rate: float
    taken_after: float


WHOLE = Shape(orders=5000, rate=20.0, taken_after=0.5)
SHORT = Shape(orders=200, rate=15.0, taken_after=0.4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`held`: orders in the backup. `sent`: what the copy sent before its dry runs were seen."""

    placed: int
    held: int
    seconds: float
    sent: list[str]
    could_push: bool
    differences: list[Difference]

    @property
    def is_good(self) -> bool:
        in_the_middle = 0 < self.held < self.placed
        return in_the_middle and self.could_push and not (self.sent or self.differences)


def run(land: Ground, sales: Sales, *, is_short: bool) -> int:
    verdict = _play(land, sales, SHORT if is_short else WHOLE)
    _print(verdict)
    return 0 if verdict.is_good else 1


def _play(land: Ground, sales: Sales, shape: Shape) -> Verdict:
    original = land.installation("original")
    original.set_up(sales.stores)
    original.open_pushes(sales.stores)
    file = str(land.folder / "shop.backup")
    with original.running():
        seller = sales.keep_selling(shape.orders, shape.rate)
        _wait_for(original, seller, round(shape.orders * shape.taken_after))
        _say("a backup")
        begun = time.monotonic()
        taken = original.type("backup", file)
        seconds = time.monotonic() - begun
        seller.join()
        come_to_rest(original)
    wrote = _writes(sales)
    if not wrote:
        raise AssertionError("the original pushed nothing, so that a silent copy shows nothing")
    _say("restored, and run on")
    copy = land.installation("copy")
    for store in sales.stores.values():
        store.log.clear()
    copy.type("restore", file)
    with copy.running():
        come_to_rest(copy)
    sent = _writes(sales)
    found, wanted = reckon(copy.engine), reckon(original.engine)
    return Verdict(
        placed=len(sales.placed),
        held=taken["orders"],
        seconds=seconds,
        sent=sent,
        could_push=_can_push(copy, sales),
        differences=differences(found, wanted, sales.placed, sales.edited),
    )


def _wait_for(original: Installation, seller: threading.Thread, orders: int) -> None:
    deadline = time.monotonic() + GIVES_UP_AFTER
    while synced(original.engine) < orders and seller.is_alive():
        if time.monotonic() > deadline:
            raise AssertionError("the orders do not come in")
        time.sleep(0.1)


def _writes(sales: Sales) -> list[str]:
    return [
        f"{name}: {request.method} {request.path}"
        for name, store in sales.stores.items()
        for request in store.log.requests
        if request.method not in READS
    ]


def _can_push(copy: Installation, sales: Sales) -> bool:
    """Whether the copy pushes once its dry runs were seen, and stores take what it sends."""
    copy.open_pushes(sales.stores)
    reports = [copy.do("push", name, "--all") for name in NAMES]
    return all(each["confirmed"] for each in reports)


def _say(what: str) -> None:
    print(f"  {what} …", file=sys.stderr, flush=True)


def _print(verdict: Verdict) -> None:
    print(
        f"{verdict.placed:,} orders placed; the backup was taken in {verdict.seconds:.1f} s while "
        f"they flowed and holds {verdict.held:,}."
    )
    print(
        f"Restored and run on: {len(verdict.differences)} differences to the original, "
        f"{len(verdict.sent)} requests that write before its dry runs were seen."
    )
    for line in [*(f"{each.kind}: {each.what}" for each in verdict.differences), *verdict.sent][
        :SHOWN
    ]:
        print(f"  {line}")
    if not verdict.could_push:
        print("  After its dry runs it could not push.")
    print("Good." if verdict.is_good else "NOT GOOD.")
