"""`python -m benchmarks.webhooks`: how long a store waits for the answer to what it sends.

A real web server in a process of its own, told of orders by two stores: one in ten is forged,
three in ten come twice, and none in order. Prints the quantiles, and what became of them all.
"""

import argparse
import http.client
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from hashlib import sha256
from hmac import new as hmac
from pathlib import Path
from time import perf_counter, sleep
from urllib.parse import urlsplit

from sqlalchemy import func, select, update

from benchmarks.commands import database_url, make_home
from benchmarks.databases import fresh_databases
from benchmarks.far_end import ROOT
from benchmarks.product import Place
from webapp.database import reading, utc_now, writing
from webapp.models.notices import StoreNotice
from webapp.models.sites import Site

PUBLIC = "https://tillbridge.example"
SECRET = "a secret of the benchmark"  # noqa: S105 - made up
GOAL_MS = 100
FILLING = {"note": "x" * 2000}  # an order of a few lines is about as long


@dataclass(frozen=True, slots=True)
class Sent:
    path: str
    body: bytes
    headers: Mapping[str, str]
    is_forged: bool


def main(argv: Sequence[str]) -> int:
    arguments = _parser().parse_args(argv)
    with _place(arguments.database) as (place, settings):
        shop, _ = _connect(place)
        mail = _mail(arguments.count, shop, random.Random(arguments.seed))
        busy = _writing(place) if arguments.busy else nullcontext()
        with _web(settings) as url, busy:
            _post(url, mail[0])  # the first request of a process loads what the others use
            began = perf_counter()
            with ThreadPoolExecutor(arguments.senders) as senders:
                answers = list(senders.map(lambda each: _post(url, each), mail))
            took = perf_counter() - began
        print(f"On {arguments.database}{', beside a busy writer' if arguments.busy else ''}:")
        _report(mail, answers, took, _kept(place))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benchmarks.webhooks", description=__doc__)
    parser.add_argument("--count", type=int, default=1000, help="how many are sent (1000)")
    parser.add_argument("--senders", type=int, default=8, help="at once (8)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument(
        "--busy", action="store_true", help="while another process writes to the database"
    )
    return parser


@contextmanager
def _place(database: str) -> Iterator[tuple[Place, dict[str, str]]]:
    """A database with our tables, and what the web server is told of it."""
    with tempfile.TemporaryDirectory(prefix="tillbridge-bench-") as folder:
        home = Path(folder) / "home"
        if database == "sqlite":
            key = make_home(home)
            yield Place(database_url(home), key), {"TILLBRIDGE_HOME": str(home), "DATABASE_URL": ""}
            return
        with fresh_databases() as databases:
            url = databases.postgres()
            yield (
                Place(url, databases.key),
                {
                    "TILLBRIDGE_HOME": str(home),
                    "DATABASE_URL": url,
                    "TILLBRIDGE_SECRET_KEY": "of the benchmark",
                    "TILLBRIDGE_ENCRYPTION_KEYS": databases.key,
                },
            )


def _connect(place: Place) -> tuple[int, int]:
    """A shop of its own and one on a marketplace."""
    engine = place.engine()
    found = []
    with writing(engine) as session:
        for platform, credentials in (
            ("woocommerce", {"consumer_key": "ck", "webhook_secret": SECRET}),
            ("shopee", {"partner_id": "1", "partner_key": SECRET, "shop_id": "7"}),
        ):
            site = Site(
                name=platform,
                platform=platform,
                url="https://shop.example",
                currency="MYR",
                timezone="Asia/Kuala_Lumpur",
                created_at=utc_now(),
                credentials=credentials,
                facts={},
                orders_from=utc_now(),
                buyer_days=90,
                automation={},
                posting={},
            )
            session.add(site)
            session.flush()
            found.append(site.id)
    engine.dispose()
    return found[0], found[1]


def _mail(count: int, shop: int, dice: random.Random) -> list[Sent]:
    """Of `count`, a tenth is forged and three tenths are copies of others; shuffled."""
    doubled, forged = count * 3 // 10, count // 10
    mail = [_of_order(number, shop) for number in range(1, count - doubled - forged + 1)]
    mail += [dice.choice(mail) for _ in range(doubled)]
    for _ in range(forged):
        true = dice.choice(mail)
        mail.append(Sent(true.path, true.body + b" ", true.headers, is_forged=True))
    dice.shuffle(mail)
    return mail


def _of_order(number: int, shop: int) -> Sent:
    if number % 2:
        body = json.dumps({"id": number, **FILLING}).encode()
        signed = b64encode(hmac(SECRET.encode(), body, sha256).digest()).decode()
        headers = {"X-WC-Webhook-Topic": "order.updated", "X-WC-Webhook-Signature": signed}
        return Sent(f"/webhooks/woocommerce/{shop}", body, headers, is_forged=False)
    path = "/webhooks/shopee"
    data = {"ordersn": f"26112500{number:06d}", "status": "READY_TO_SHIP"}
    body = json.dumps({"data": data, "shop_id": 7, "code": 3, "timestamp": 1}).encode()
    over = f"{PUBLIC}{path}|".encode() + body
    signed = hmac(SECRET.encode(), over, sha256).hexdigest()
    return Sent(path, body, {"Authorization": signed}, is_forged=False)


@contextmanager
def _web(settings: Mapping[str, str]) -> Iterator[str]:
    """The web server as a shop runs it."""
    environment = {**os.environ, **settings, "TILLBRIDGE_PUBLIC_URL": PUBLIC}
    command = [sys.executable, "-m", "webapp.cli", "web", "--port", "0"]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().split()[-1]
        finally:
            process.terminate()


@contextmanager
def _writing(place: Place) -> Iterator[None]:
    """Somebody takes in pages of orders meanwhile: a twentieth of a second each, one after another."""
    is_over = threading.Event()
    engine = place.engine()

    def write() -> None:
        while not is_over.is_set():
            with writing(engine) as session:
                session.execute(update(Site).values(last_pull_at=utc_now()))
                sleep(0.05)
            sleep(0.05)

    thread = threading.Thread(target=write, daemon=True)
    thread.start()
    yield
    is_over.set()
    thread.join()
    engine.dispose()


def _post(url: str, sent: Sent) -> tuple[int, float]:
    """The status, and the milliseconds until it was there, connecting included."""
    parts = urlsplit(url)
    began = perf_counter()
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    connection.request("POST", sent.path, sent.body, dict(sent.headers))
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, (perf_counter() - began) * 1000


def _kept(place: Place) -> tuple[int, int]:
    """Rows that wait, and how many notices they stand for."""
    engine = place.engine()
    with reading(engine) as session:
        rows, times = session.execute(select(func.count(), func.sum(StoreNotice.times))).one()
    engine.dispose()
    return int(rows), int(times or 0)


def _report(
    mail: Sequence[Sent], answers: Sequence[tuple[int, float]], took: float, kept: tuple[int, int]
) -> None:
    by_status = Counter(
        (status, sent.is_forged) for sent, (status, _) in zip(mail, answers, strict=True)
    )
    waited = sorted(milliseconds for _, milliseconds in answers)
    print(f"{len(mail):,} webhooks in {took:.1f} s, {len(mail) / took:,.0f} a second")
    for (status, is_forged), number in sorted(by_status.items()):
        print(f"  {status} to {number:,} {'forged' if is_forged else 'good'}")
    print(f"  {kept[0]:,} notices wait, which came {kept[1]:,} times (one more to warm up)")
    for name, at in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99)):
        print(f"  {name} {waited[min(len(waited) - 1, int(len(waited) * at))]:.1f} ms")
    reached = waited[int(len(waited) * 0.99)] <= GOAL_MS
    print(
        f"  longest {waited[-1]:.1f} ms; p99 of {GOAL_MS} ms {'reached' if reached else 'MISSED'}"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
