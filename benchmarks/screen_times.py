"""How long the server works on each page of a large shop: `bin/bench screens`.

A shop of a million orders is put into SQLite and PostgreSQL; then every address of
`screen_addresses.py` is asked for by somebody with all rights, warm: median and worst.
"""

import argparse
import gc
import re
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import psycopg
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select

from benchmarks.big_orders import many_orders
from benchmarks.big_shop import many_listings
from benchmarks.databases import fresh_databases
from benchmarks.report import Measured, Result, text_table, write_document
from benchmarks.screen_addresses import ADDRESSES, Address
from webapp.app import create_app
from webapp.backoffice.people.people import add_person
from webapp.config import Config
from webapp.database import make_engine, reading, utc_now, writing
from webapp.models.catalogue import Listing
from webapp.models.ledgers import Ledger
from webapp.models.orders import ChannelOrder, RetailOrder
from webapp.models.sites import Site
from webapp.models.stock import StockItem

ORDERS = 1_000_000
LISTINGS = 100_000
ROUNDS = 7
EMAIL = "owner@rimba.example"
PASSWORD = "correct horse battery"  # noqa: S105 - of a shop that ends with the measurement
TOKEN = re.compile(r'name="csrf_token" (?:type="hidden" )?value="([^"]+)"')
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """What one address took, in ms; `status` is its answer."""

    address: Address
    path: str
    median: float
    worst: float
    status: int


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench screens", description=__doc__)
    parser.add_argument("--orders", type=int, default=ORDERS, help="orders of the shop (1000000)")
    parser.add_argument("--listings", type=int, default=LISTINGS, help="its listings (100000)")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="times each page is asked (7)")
    parser.add_argument(
        "--on", action="append", choices=("sqlite", "postgresql"), help="only this database"
    )
    parser.add_argument("--find", metavar="WORD", help="only addresses whose name holds it")
    parser.add_argument("--write", action="store_true", help="keep it in docs/performance.md")
    arguments = parser.parse_args(argv)
    # Who ends it early leaves no database server behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    chosen = [
        each
        for each in ADDRESSES
        if not arguments.find or arguments.find.casefold() in each.what.casefold()
    ]
    results: list[Result] = []
    failed: list[Timed] = []
    with fresh_databases() as databases:
        for name in arguments.on or ("sqlite", "postgresql"):
            url = databases.sqlite() if name == "sqlite" else databases.postgres()
            shop = _seeded(url, arguments.orders, arguments.listings, _say)
            timed = list(_measure(shop, databases.key, databases.folder, chosen, arguments.rounds))
            failed += [each for each in timed if each.status != 200]
            results += [_result(each, name) for each in timed]
            shop.dispose()
        with psycopg.connect(databases.server.get_uri()) as connection:
            version = connection.info.server_version
    print()
    print(text_table(results))
    for each in failed:
        print(f"{each.path} answered {each.status}")
    if arguments.write:
        note = (
            f"{arguments.orders:,} orders at three sites, {arguments.listings:,} listings; time "
            f"of the server alone for a whole page, median of {arguments.rounds} after two to "
            "warm up; “Product” is the worst of them."
        )
        measured = Measured(part="screens", results=tuple(results), notes=(note,))
        write_document([measured], f"{version // 10000}.{version % 10000}")
    return 1 if failed else 0


def _seeded(url: str, orders: int, listings: int, say: Say) -> Engine:
    engine = make_engine(url)
    started = perf_counter()
    sites = many_orders(engine, orders, say)
    many_listings(engine, sites[0], listings)
    with writing(engine) as session:
        add_person(session, email=EMAIL, password=PASSWORD, roles=["admin"], now=utc_now())
    if engine.dialect.name == "postgresql":
        # What its own housekeeping does in the minutes after.
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
    say(f"Filled {engine.dialect.name} in {perf_counter() - started:.0f} s")
    return engine


def _measure(
    engine: Engine, key: str, home: Path, addresses: Sequence[Address], rounds: int
) -> Iterator[Timed]:
    app = create_app(_config(str(engine.url), key, home), engine=engine)
    client = app.test_client()
    _sign_in(client)
    values = _values(engine)
    for address in addresses:
        path = address.path.format(**values)
        taken = []
        status = 0
        for round_ in range(rounds + 2):
            gc.collect()
            started = perf_counter()
            answer = client.get(path)
            answer.get_data()
            if round_ > 1:
                taken.append((perf_counter() - started) * 1000)
            status = answer.status_code
        yield Timed(
            address=address, path=path, median=median(taken), worst=max(taken), status=status
        )


def _result(each: Timed, database: str) -> Result:
    return Result(
        what=each.address.what,
        beside=database,
        product=f"worst {each.worst:.0f} ms",
        measured=each.median,
        goal=each.address.goal,
        more_is_better=False,
        unit="ms",
    )


def _config(url: str, key: str, home: Path) -> Config:
    return Config(
        home=home,
        database_url=url,
        redis_url=None,
        secret_key="of a measurement",  # noqa: S106
        encryption_keys=(key,),
        allow_private_stores=True,
        admin_email=None,
        admin_password=None,
        public_url="https://tillbridge.example",
    )


def _sign_in(client: FlaskClient) -> None:
    found = TOKEN.search(client.get("/sign-in").text)
    token = found[1] if found else ""
    answer = client.post(
        "/sign-in", data={"email": EMAIL, "password": PASSWORD, "csrf_token": token}
    )
    if answer.status_code != 302:
        raise RuntimeError(f"nobody could sign in: {answer.status_code}")


def _values(engine: Engine) -> dict[str, Any]:
    """What stands in the addresses: things out of the middle of the shop."""
    with reading(engine) as session:
        middle = (session.scalar(select(func.max(ChannelOrder.id))) or 0) // 2

        def order(*where: Any) -> Any:
            query = select(ChannelOrder.id).where(ChannelOrder.id >= middle, *where)
            return session.scalar(query.order_by(ChannelOrder.id).limit(1))

        newest = session.scalar(select(func.max(ChannelOrder.ordered_at)))
        assert newest is not None
        month_to = (newest - timedelta(days=60)).date()
        found = {
            "site": session.scalar(select(func.min(Site.id))),
            "site_name": session.scalar(select(Site.name).order_by(Site.id).limit(1)),
            "order": order(
                ChannelOrder.state == "synced",
                ChannelOrder.id.in_(select(RetailOrder.channel_order_id)),
            ),
            "blocked": order(ChannelOrder.state == "blocked"),
            "number": session.scalar(select(ChannelOrder.number).where(ChannelOrder.id == middle)),
            "sku": session.scalar(select(StockItem.sku).order_by(StockItem.id).limit(1)),
            "listing": session.scalar(select(func.min(Listing.id))),
            "item": session.scalar(select(func.min(StockItem.id))),
            "ledger": session.scalar(select(func.min(Ledger.id))),
            "month_from": month_to - timedelta(days=29),
            "month_to": month_to,
        }
        return {name: str(value) for name, value in found.items()}


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
