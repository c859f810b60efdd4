"""The command line on a database with many orders: how long a person waits for an answer."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from benchmarks.far_end import ROOT
from benchmarks.product import SITE, Place, add_site
from benchmarks.report import Result
from benchmarks.shop_subject import SHOP
from webapp.database import utc_now, writing

TIMES = 5
GOAL = 0.5


def make_home(home: Path) -> str:
    """`init` in an empty home; the key of its secrets."""
    _run(home, "init")
    return (home / "encryption_keys").read_text(encoding="ascii").strip()


def database_url(home: Path) -> str:
    return f"sqlite:///{home / 'tillbridge.sqlite3'}"


def measure(home: Path, orders: int, say: Callable[[str], None]) -> list[Result]:
    """What `orders` and `order` take beyond starting up, which is `orders` where there are none."""
    say(f"The command line on {orders:,} stored orders")
    empty = _home_without_orders(home.with_name("empty-home"))
    start_up = median(_seconds(empty, "orders", SITE) for _ in range(TIMES))
    listed = _run(home, "orders", SITE, "--limit", "1")
    if listed["count"] != orders:
        raise AssertionError(f"orders counts {listed['count']} where {orders} were expected")
    number = str(listed["orders"][0]["number"])
    return [
        _result(home, start_up, orders, "orders", SITE),
        _result(home, start_up, orders, "order", SITE, number),
    ]


def _home_without_orders(home: Path) -> Path:
    place = Place(database_url(home), make_home(home))
    engine = place.engine()
    with writing(engine) as session:
        add_site(session, SHOP, "https://shop.example", utc_now())
    engine.dispose()
    return home


def _result(home: Path, start_up: float, orders: int, *words: str) -> Result:
    whole = median(_seconds(home, *words) for _ in range(TIMES))
    return Result(
        what=f"`{words[0]}` with {orders:,} orders stored, after start-up",
        beside=f"{start_up:.2f} s start-up",
        product=f"{whole:.2f} s in all",
        measured=max(whole - start_up, 0),
        goal=GOAL,
        more_is_better=False,
        unit="s",
    )


def _seconds(home: Path, *words: str) -> float:
    began = perf_counter()
    _run(home, *words)
    return perf_counter() - began


def _run(home: Path, *words: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "webapp.cli", *words, "--json"],
        cwd=ROOT,
        env={**os.environ, "TILLBRIDGE_HOME": str(home), "DATABASE_URL": ""},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    if done.returncode:
        raise AssertionError(f"tillbridge {' '.join(words)} failed: {done.stdout}{done.stderr}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
