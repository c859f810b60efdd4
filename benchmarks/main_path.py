"""The main path beside its floors: each round measures all of them, one after the other."""

from collections.abc import Callable
from dataclasses import dataclass, field

from benchmarks import floors, market_floor, product, shop_floor
from benchmarks.databases import Databases
from benchmarks.far_end import Shop
from benchmarks.floors import Source
from benchmarks.market_subject import MARKET
from benchmarks.product import Place, Subject
from benchmarks.report import Result, ratio_result
from benchmarks.shop_subject import SHOP


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """One platform's main path. `label` begins its lines; goals are ratios to the floors.

    `again_alarm`: below it an unchanged pull raises the alarm.
    """

    label: str
    source: Source
    subject: Subject
    sqlite_goal: float
    postgres_goal: float
    again_alarm: float

    @property
    def floor_rows(self) -> int:
        return sum(self.source.per_order)


SHOP_PATH = Path(
    label="WooCommerce, ",
    source=shop_floor.SOURCE,
    subject=SHOP,
    sqlite_goal=0.40,
    postgres_goal=0.35,
    again_alarm=0.35,
)
MARKET_PATH = Path(
    label="Shopee, ",
    source=market_floor.SOURCE,
    subject=MARKET,
    sqlite_goal=0.35,
    postgres_goal=0.35,
    again_alarm=0.25,  # three calls per hundred orders, where the shop takes one
)


@dataclass(slots=True)
class Seconds:
    """Seconds of each round."""

    fetched_sqlite: list[float] = field(default_factory=list)
    fetched_postgres: list[float] = field(default_factory=list)
    floor_sqlite: list[float] = field(default_factory=list)
    sqlite: list[float] = field(default_factory=list)
    again_sqlite: list[float] = field(default_factory=list)
    floor_postgres: list[float] = field(default_factory=list)
    postgres: list[float] = field(default_factory=list)
    again_postgres: list[float] = field(default_factory=list)


def measure(
    databases: Databases,
    path: Path,
    shop: Shop,
    orders: int,
    rounds: int,
    say: Callable[[str], None],
) -> tuple[list[Result], list[str]]:
    """Ratios and notes. Every database is checked after its pulls: rows, balance, counters."""
    shop.show(orders)
    seconds = Seconds()
    for number in range(1, rounds + 1):
        say(f"{path.label}round {number} of {rounds}: floors and product, SQLite and PostgreSQL")
        _sqlite_round(databases, path, shop, orders, seconds)
        _postgres_round(databases, path, shop, orders, seconds)
    results = [
        ratio_result(
            f"{path.label}SQLite: new orders, to (a) executemany",
            seconds.floor_sqlite,
            seconds.sqlite,
            orders,
            goal=path.sqlite_goal,
            alarm=0.25,
        ),
        ratio_result(
            f"{path.label}PostgreSQL: new orders, to (d) COPY",
            seconds.floor_postgres,
            seconds.postgres,
            orders,
            goal=path.postgres_goal,
            alarm=0.20,
        ),
        ratio_result(
            f"{path.label}SQLite: nothing has changed, to fetch and parse",
            seconds.fetched_sqlite,
            seconds.again_sqlite,
            orders,
            goal=0.50,
            alarm=path.again_alarm,
        ),
        ratio_result(
            f"{path.label}PostgreSQL: nothing has changed, to fetch and parse",
            seconds.fetched_postgres,
            seconds.again_postgres,
            orders,
            goal=0.50,
            alarm=path.again_alarm,
        ),
    ]
    notes = [
        f"{path.label}{rounds} rounds of {orders:,} orders; each floor writes "
        f"{orders * path.floor_rows:,} rows, the product {orders * path.subject.rows:,} "
        f"({path.subject.rows} an order, the buyer, the receipt and the payload in rows of their "
        "own) and keeps the stock counters.",
        f"{path.label}by the best round of each side, which other work on the machine disturbs least: "
        f"SQLite {min(seconds.floor_sqlite) / min(seconds.sqlite):.2f}, "
        f"PostgreSQL {min(seconds.floor_postgres) / min(seconds.postgres):.2f}, nothing changed "
        f"{min(seconds.fetched_sqlite) / min(seconds.again_sqlite):.2f} and "
        f"{min(seconds.fetched_postgres) / min(seconds.again_postgres):.2f}.",
        f"{path.label}counted after every pull: the rows of each table are as many as they should "
        "be, no journal entry is out of balance, pieces on hand equal the moves.",
    ]
    return results, notes


def _sqlite_round(
    databases: Databases, path: Path, shop: Shop, orders: int, seconds: Seconds
) -> None:
    source, subject = path.source, path.subject
    folder = databases.sqlite_folder()
    seconds.floor_sqlite.append(floors.write_sqlite(source, shop.url, orders, folder))
    place = Place(databases.sqlite(), databases.key)
    product.connect_site(place, subject, shop.url)
    seconds.sqlite.append(product.pull(place, subject, orders))
    seconds.fetched_sqlite.append(floors.fetch_and_parse(source, shop.url, orders))
    seconds.again_sqlite.append(product.pull_again(place, subject, orders))
    product.check(place, subject, orders)


def _postgres_round(
    databases: Databases, path: Path, shop: Shop, orders: int, seconds: Seconds
) -> None:
    source, subject = path.source, path.subject
    empty, ours = databases.postgres_empty(), Place(databases.postgres(), databases.key)
    product.connect_site(ours, subject, shop.url)
    databases.settle_postgres()
    seconds.floor_postgres.append(floors.write_postgres(source, shop.url, orders, empty))
    databases.settle_postgres()
    seconds.postgres.append(product.pull(ours, subject, orders))
    seconds.fetched_postgres.append(floors.fetch_and_parse(source, shop.url, orders))
    seconds.again_postgres.append(product.pull_again(ours, subject, orders))
    product.check(ours, subject, orders)
