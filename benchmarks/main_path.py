"""The main path beside its floors: each round measures all of them, one after the other."""

from collections.abc import Callable
from dataclasses import dataclass, field

from benchmarks import floors, product
from benchmarks.databases import Databases
from benchmarks.product import ROWS, Place
from benchmarks.report import Result, ratio_result
from benchmarks.shop import Shop


@dataclass(slots=True)
class Seconds:
    """Seconds of each round."""

    fetched: list[float] = field(default_factory=list)
    floor_sqlite: list[float] = field(default_factory=list)
    sqlite: list[float] = field(default_factory=list)
    again_sqlite: list[float] = field(default_factory=list)
    floor_postgres: list[float] = field(default_factory=list)
    postgres: list[float] = field(default_factory=list)
    again_postgres: list[float] = field(default_factory=list)


def measure(
    databases: Databases, shop: Shop, orders: int, rounds: int, say: Callable[[str], None]
) -> tuple[list[Result], list[str]]:
    """Ratios and notes. Every database is checked after its pulls: rows, balance, counters."""
    shop.show(orders)
    seconds = Seconds()
    for number in range(1, rounds + 1):
        say(f"Round {number} of {rounds}: floors and product, SQLite and PostgreSQL")
        _sqlite_round(databases, shop, orders, seconds)
        _postgres_round(databases, shop, orders, seconds)
    results = [
        ratio_result(
            "SQLite: new orders, to (a) executemany",
            seconds.floor_sqlite,
            seconds.sqlite,
            orders,
            goal=0.40,
            alarm=0.25,
        ),
        ratio_result(
            "PostgreSQL: new orders, to (d) COPY",
            seconds.floor_postgres,
            seconds.postgres,
            orders,
            goal=0.35,
            alarm=0.20,
        ),
        ratio_result(
            "SQLite: nothing has changed, to fetch and parse",
            seconds.fetched,
            seconds.again_sqlite,
            orders,
            goal=0.50,
            alarm=0.35,
        ),
        ratio_result(
            "PostgreSQL: nothing has changed, to fetch and parse",
            seconds.fetched,
            seconds.again_postgres,
            orders,
            goal=0.50,
            alarm=0.35,
        ),
    ]
    notes = [
        f"{rounds} rounds of {orders:,} orders; each floor writes {orders * 19:,} rows, the "
        f"product {orders * ROWS:,} ({ROWS} an order, the buyer, the receipt and the payload in "
        "rows of their own) and keeps the stock counters.",
        "By the best round of each side, which other work on the machine disturbs least: "
        f"SQLite {min(seconds.floor_sqlite) / min(seconds.sqlite):.2f}, "
        f"PostgreSQL {min(seconds.floor_postgres) / min(seconds.postgres):.2f}, nothing changed "
        f"{min(seconds.fetched) / min(seconds.again_sqlite):.2f} and "
        f"{min(seconds.fetched) / min(seconds.again_postgres):.2f}.",
        "Counted after every pull: the rows of each table are as many as they should be, no "
        "journal entry is out of balance, pieces on hand equal the moves.",
    ]
    return results, notes


def _sqlite_round(databases: Databases, shop: Shop, orders: int, seconds: Seconds) -> None:
    seconds.fetched.append(floors.fetch_and_parse(shop.url, orders))
    folder = databases.sqlite_folder()
    seconds.floor_sqlite.append(floors.write_sqlite(shop.url, orders, folder))
    place = Place(databases.sqlite(), databases.key)
    product.connect_site(place, shop.url)
    seconds.sqlite.append(product.pull(place, orders))
    seconds.again_sqlite.append(product.pull_again(place, orders))
    product.check(place, orders)


def _postgres_round(databases: Databases, shop: Shop, orders: int, seconds: Seconds) -> None:
    empty, ours = databases.postgres_empty(), Place(databases.postgres(), databases.key)
    product.connect_site(ours, shop.url)
    databases.settle_postgres()
    seconds.floor_postgres.append(floors.write_postgres(shop.url, orders, empty))
    databases.settle_postgres()
    seconds.postgres.append(product.pull(ours, orders))
    seconds.again_postgres.append(product.pull_again(ours, orders))
    product.check(ours, orders)
