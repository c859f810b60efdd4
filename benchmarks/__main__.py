"""`python -m benchmarks`, which bin/bench calls: floors and product alternately, one table.

Exit status 1 when a ratio is below its alarm.
"""

import argparse
import sys
from collections.abc import Sequence

import psycopg

from benchmarks import commands, growth, main_path, market_requests, pushing
from benchmarks.databases import Databases, fresh_databases
from benchmarks.far_end import running
from benchmarks.product import Place
from benchmarks.report import Result, machine, text_table, write_document

ORDERS = 5000
ROUNDS = 3
QUICK_ORDERS = 1000
PARTS = ("main", "market", "growth", "push")


def main(argv: Sequence[str]) -> int:
    arguments = _parser().parse_args(argv)
    orders = QUICK_ORDERS if arguments.quick else arguments.orders
    rounds = 1 if arguments.quick else arguments.rounds
    parts = set(arguments.only or PARTS)
    with fresh_databases() as databases:
        results, notes = _measure(databases, orders, rounds, parts)
        postgres = _postgres_version(databases)
    print()
    print(text_table(results))
    print()
    for note in notes:
        print(note)
    print(f"Machine: {machine(postgres)}.")
    if arguments.write:
        write_document(results, notes, postgres)
    return 1 if any(result.is_alarming for result in results) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--orders", type=int, default=ORDERS, help="orders of a round (5000)")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="rounds; medians count (3)")
    parser.add_argument("--quick", action="store_true", help="1000 orders, one round: to try it")
    parser.add_argument(
        "--only",
        action="append",
        choices=PARTS,
        help="measure only this part; growth brings the command line with it",
    )
    parser.add_argument("--write", action="store_true", help="keep it in docs/performance.md")
    return parser


def _measure(
    databases: Databases, orders: int, rounds: int, parts: set[str]
) -> tuple[list[Result], list[str]]:
    results: list[Result] = []
    notes: list[str] = []
    in_all = orders * growth.SLICES + growth.WARM_UP if "growth" in parts else orders
    with running("benchmarks.shop", in_all) as shop:
        if "main" in parts:
            path = main_path.SHOP_PATH
            found, said = main_path.measure(databases, path, shop, orders, rounds, _say)
            results += found
            notes += said
        if "growth" in parts:
            home = databases.folder / "home"
            place = Place(commands.database_url(home), commands.make_home(home))
            found, said = growth.measure(databases, place, shop, orders, _say)
            results += found
            notes += said
            results += commands.measure(home, in_all, _say)
    if "market" in parts:
        with running("benchmarks.market", orders) as market:
            path = main_path.MARKET_PATH
            found, said = main_path.measure(databases, path, market, orders, rounds, _say)
        results += found
        notes += said
        place = Place(databases.sqlite(), databases.key)
        found, said = market_requests.measure(place, _say)
        results += found
        notes += said
    if "push" in parts:
        found, said = pushing.measure(Place(databases.sqlite(), databases.key), _say)
        results += found
        notes += said
    return results, notes


def _postgres_version(databases: Databases) -> str:
    with psycopg.connect(databases.server.get_uri()) as connection:
        number = connection.info.server_version
    return f"{number // 10000}.{number % 10000}"


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
