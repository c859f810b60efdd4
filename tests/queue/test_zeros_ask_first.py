"""A count file of zeros: the schedule sends nothing and says so, pulls go on, a person's push sends."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import requests
from sqlalchemy import func, select

from platforms.sandbox.woocommerce import Sandbox, Sold, open_sandbox
from tests.cli.processes import first_json, started
from tests.queue.floor import Floor, until
from webapp.database import reading
from webapp.models.catalogue import Listing
from webapp.models.stock import StockItem

BANNER = "does not push by itself"
TOKEN = re.compile(r'name="csrf_token" (?:type="hidden" )?value="([^"]+)"')
WHO = ("anna@example.com", "a long password of a test")


def _call(floor: Floor, *words: str, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "webapp.cli", *words],
        env={**os.environ, **floor.environment},
        input=given,
        capture_output=True,
        text=True,
        timeout=60,
    )


def _zeros(floor: Floor) -> str:
    with reading(floor.engine) as session:
        skus = session.scalars(select(StockItem.sku)).all()
    path = floor.home / "count.csv"
    path.write_text("\n".join(["sku,on_hand", *(f"{sku},0" for sku in skus)]))
    return str(path)


def _writes(sandbox: Sandbox) -> int:
    return sum(each.method in ("POST", "PUT") for each in list(sandbox.log.requests))


def _shown_in_stock(floor: Floor) -> int:
    with reading(floor.engine) as session:
        return session.scalar(select(func.count()).where(Listing.store_quantity > 0)) or 0


@contextmanager
def _at_the_admin(floor: Floor) -> Iterator[tuple[requests.Session, str]]:
    """A person signed in at the real web server."""
    made = _call(floor, "user", "add", WHO[0], "--role", "admin", "--password-stdin", given=WHO[1])
    assert made.returncode == 0, made.stderr
    with (
        started("web", "--port", "0", "--json", **floor.environment) as process,
        requests.Session() as browser,
    ):
        url = first_json(process)["url"]
        token = TOKEN.search(browser.get(f"{url}/sign-in", timeout=20).text)
        assert token is not None
        fields = {"email": WHO[0], "password": WHO[1], "csrf_token": token[1]}
        assert browser.post(f"{url}/sign-in", data=fields, timeout=20).ok
        yield browser, url
        process.terminate()
        process.communicate(timeout=15)


def test_a_count_of_zeros_asks_first_pulls_go_on_and_a_person_may_send_it(floor: Floor) -> None:
    with open_sandbox(products=40) as sandbox:
        site = floor.connect(sandbox, "main", pull_every=2, push_every=3)
        floor.start("scheduler")
        floor.start("worker")
        floor.start("worker")
        until(lambda: floor.site(site).last_push_at is not None, what="the first push")
        in_stock = _shown_in_stock(floor)
        assert in_stock > 40
        writes = _writes(sandbox)

        counted = _call(floor, "stock", "import", _zeros(floor))
        assert counted.returncode == 0, counted.stderr
        until(lambda: floor.site(site).push_held_at is not None, within=15, what="the hold")

        # Pulls go on, and nothing was sent, however often a push would have been due since.
        sandbox.store.place_order(lines=[Sold(product="MUG-TEHTARIK", quantity=1)])
        until(lambda: floor.orders(site) == 1, what="the order")
        pulls = len(floor.runs(site))
        until(lambda: len(floor.runs(site)) >= pulls + 2, what="more pulls")
        assert _writes(sandbox) == writes
        assert _shown_in_stock(floor) == in_stock
        refused = _call(floor, "push", "main", "--json")
        assert refused.returncode == 1

        with _at_the_admin(floor) as (browser, url):
            for path in ("/", "/orders/", "/sites/", f"/sites/{site}/"):
                page = browser.get(f"{url}{path}", timeout=20).text
                assert BANNER in page, path
                assert "to 0, so nothing was sent" in page, path

            # The dry run opens the way for the person alone: the schedule still sends nothing.
            until(lambda: _did(floor, "--dry-run"), what="the dry run")
            pulls = len(floor.runs(site))
            until(lambda: len(floor.runs(site)) >= pulls + 3, what="more pulls")
            assert _writes(sandbox) == writes
            assert "Its dry run was seen" in browser.get(f"{url}/", timeout=20).text

            until(lambda: _did(floor), what="the person's push")

            assert _writes(sandbox) > writes
            assert _shown_in_stock(floor) <= in_stock // 10  # of some the store does not count
            assert floor.site(site).push_held_at is None
            assert BANNER not in browser.get(f"{url}/", timeout=20).text


def _did(floor: Floor, *words: str) -> bool:
    """A push, unless the workers are at the site this moment."""
    done = _call(floor, "push", "main", "--json", *words)
    if done.returncode == 0:
        return True
    assert json.loads(done.stdout)["error"]["code"] == "site_busy", done.stdout
    return False
