"""`python -m benchmarks`, which bin/bench calls: floors and product alternately, one table.

Exit status 1 when a ratio is below its alarm. `bin/bench screens` measures the admin instead.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence

import psycopg

from benchmarks import commands, growth, latency, main_path, market_requests, overlapping, pushing
from benchmarks.databases import Databases, fresh_databases
from benchmarks.far_end import Shop, running
from benchmarks.product import Place
from benchmarks.report import Measured, Result, machine, text_table, write_document

ORDERS = 5000
ROUNDS = 3
QUICK_ORDERS = 1000
QUICK_SALES = 40
QUICK_SLOW_ORDERS = 150
PARTS = ("main", "market", "growth", "push", "overlap", "latency")


def main(argv: Sequence[str]) -> int:
    if argv[:1] == ["screens"]:
        # It fills two databases with a million orders: asked for by its name alone.
        from benchmarks import screen_times

        return screen_times.main(argv[1:])
    arguments = _parser().parse_args(argv)
    orders = QUICK_ORDERS if arguments.quick else arguments.orders
    rounds = 1 if arguments.quick else arguments.rounds
    parts = set(arguments.only or PARTS)
    with fresh_databases() as databases:
        measured = list(_measure(databases, orders, rounds, parts, is_quick=arguments.quick))
        postgres = _postgres_version(databases)
    results = [result for each in measured for result in each.results]
    print()
    print(text_table(results))
    print()
    for each in measured:
        for note in each.notes:
            print(note)
    print(f"Machine: {machine(postgres)}.")
    if arguments.write:
        write_document(measured, postgres)
    return 1 if any(result.is_alarming for result in results) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--orders", type=int, default=ORDERS, help="orders of a round (5000)")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="rounds; medians count (3)")
    parser.add_argument("--quick", action="store_true", help="little of each part: to try it")
    parser.add_argument(
        "--only",
        action="append",
        choices=PARTS,
        help="measure only this part; growth brings the command line with it",
    )
    parser.add_argument("--write", action="store_true", help="keep it in docs/performance.md")
    return parser


Found = tuple[list[Result], list[str]]


def _measure(
    databases: Databases, orders: int, rounds: int, parts: set[str], *, is_quick: bool
) -> Iterator[Measured]:
    in_all = orders * growth.SLICES + growth.WARM_UP if "growth" in parts else orders
    if parts & {"main", "growth"}:
        with running("benchmarks.shop", in_all) as shop:
            if "main" in parts:
                path = main_path.SHOP_PATH
                found = main_path.measure(databases, path, shop, orders, rounds, _say)
                yield _measured("main", found)
            if "growth" in parts:
                yield _measured("growth", _growth(databases, shop, orders, in_all))
    if "market" in parts:
        yield _measured("market", _market(databases, orders, rounds))
    if "push" in parts:
        found = pushing.measure(Place(databases.sqlite(), databases.key), _say)
        yield _measured("push", found)
    if "overlap" in parts:
        slow = QUICK_SLOW_ORDERS if is_quick else overlapping.ORDERS
        yield _measured("overlap", overlapping.measure(databases, _say, slow))
    if "latency" in parts:
        sales = QUICK_SALES if is_quick else latency.SALES
        yield _measured("latency", latency.measure(_say, databases.key, sales))


def _measured(part: str, found: Found) -> Measured:
    results, notes = found
    return Measured(part=part, results=tuple(results), notes=tuple(notes))


def _growth(databases: Databases, shop: Shop, orders: int, in_all: int) -> Found:
    """What many orders cost, and the command line on them."""
    home = databases.folder / "home"
    place = Place(commands.database_url(home), commands.make_home(home))
    results, notes = growth.measure(databases, place, shop, orders, _say)
    return results + commands.measure(home, in_all, _say), notes


def _market(databases: Databases, orders: int, rounds: int) -> Found:
    with running("benchmarks.market", orders) as market:
        path = main_path.MARKET_PATH
        results, notes = main_path.measure(databases, path, market, orders, rounds, _say)
    place = Place(databases.sqlite(), databases.key)
    more, said = market_requests.measure(place, _say)
    return results + more, notes + said


def _postgres_version(databases: Databases) -> str:
    with psycopg.connect(databases.server.get_uri()) as connection:
        number = connection.info.server_version
    return f"{number // 10000}.{number % 10000}"


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
