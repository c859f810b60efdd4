"""Ten times as many orders on one database, pulled in a process of its own: time and memory."""

import resource
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from statistics import median

from benchmarks import product
from benchmarks.databases import Databases
from benchmarks.far_end import Shop
from benchmarks.product import Place
from benchmarks.report import Result
from benchmarks.shop_subject import SHOP

SLICES = 10
WARM_UP = 200
COMPARED = 3  # slices at the end that are compared with the first
STATUS = Path("/proc/self/status")


def measure(
    databases: Databases, place: Place, shop: Shop, orders: int, say: Callable[[str], None]
) -> tuple[list[Result], list[str]]:
    """Cost of the last orders against the first, and the peak memory of the process.

    The last slices alternate with pulls of the first slice into fresh databases: other work on
    the machine then falls on both.
    """
    say(f"Growth: {SLICES} times {orders:,} orders on one database")
    shop.show(0)
    product.connect_site(place, SHOP, shop.url)
    fresh = [Place(databases.sqlite(), databases.key) for _ in range(COMPARED)]
    for each in fresh:
        product.connect_site(each, SHOP, shop.url)
    # A new process, not a fork: it must not begin with the memory of this one.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as child:
        grown, first, megabytes = child.submit(_pull_slices, place, fresh, shop, orders).result()
    total = SLICES * orders + WARM_UP
    product.check(place, SHOP, total)
    costs = [each / orders * 1000 for each in grown]
    last, beside = median(costs[-COMPARED:]), median(first) / orders * 1000
    results = [
        Result(
            what=f"SQLite: up to the tenth {orders:,} orders, to the first",
            beside=f"{beside:.3f} ms an order",
            product=f"{last:.3f} ms an order",
            measured=last / beside,
            goal=1.2,
            more_is_better=False,
        ),
        Result(
            what=f"Memory of the process that pulled {total:,} orders",
            beside="",
            product=f"{megabytes:.0f} MB at its peak",
            measured=megabytes,
            goal=250,
            more_is_better=False,
            unit="MB",
        ),
    ]
    note = (
        f"Growth: ms an order, {orders:,} orders at a time: "
        f"{', '.join(f'{cost:.3f}' for cost in costs)}; the first {orders:,} again, each beside "
        f"one of the last: {', '.join(f'{each / orders * 1000:.3f}' for each in first)}."
    )
    return results, [note]


def _pull_slices(
    place: Place, fresh: list[Place], shop: Shop, orders: int
) -> tuple[list[float], list[float], float]:
    shop.show(WARM_UP)
    product.pull(place, SHOP, WARM_UP)
    grown, first = [], []
    for number in range(1, SLICES + 1):
        if number > SLICES - COMPARED:
            shop.show(orders)
            first.append(product.pull(fresh[SLICES - number], SHOP, orders))
        shop.show(WARM_UP + number * orders)
        grown.append(product.pull(place, SHOP, orders))
    return grown, first, _peak_megabytes()


def _peak_megabytes() -> float:
    if STATUS.exists():
        for line in STATUS.read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
