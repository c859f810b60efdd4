"""`demo`: plays itself through and proves its books; or stays up with a store and the admin."""

import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from platforms import registry
from tests.cli.conftest import Run
from tests.cli.processes import first_json, started

CHECKOUT = Path(__file__).parent.parent.parent


@pytest.mark.slow
def test_once_ends_well_and_says_so_in_json(run: Run, home: Path) -> None:
    said = run("demo", "--once", "--json")

    assert said.status == 0, said.err[-2000:]
    assert sorted(site["platform"] for site in said.json["sites"]) == list(registry.names())
    for site in said.json["sites"]:
        states = site["states"]
        assert site["orders"] == sum(states.values()) > 35
        assert (states["failed"], states["pending"], states["retrying"]) == (0, 0, 0)
        assert states["blocked"] >= 2
        assert states["synced"] > 25
    assert said.json["pushed"] > 0
    assert said.json["books"]["balanced"] is True
    assert said.json["books"]["debit"] == said.json["books"]["credit"] != "0.00"
    assert set(said.json) == {"sites", "pushed", "books", "clearing", "seconds"}
    assert [path.name for path in home.iterdir()] == ["demo"]


@pytest.mark.slow
def test_once_tells_a_shop_owner_what_happened(run: Run) -> None:
    said = run("demo", "--once")

    assert said.status == 0, said.err[-2000:]
    for told in (
        "asked us to wait",
        "Not mapped to a stock item: “Rattan Basket”",
        "the site's books are in MYR",
        "A gift card plugin made this order cheaper",
        "does not add up",
        "awaiting-pickup",
        "Dr refunds",
        "a fee that is in no list",
        "has not reckoned yet what it will pay",
        "is in a flash sale",
        "that is not paid",
        "the money is paid out",
        "They balance.",
        "The books hold",
    ):
        assert told in " ".join(said.out.split()), told
    assert "Traceback" not in said.out + said.err


@pytest.fixture
def demo(home: Path) -> Iterator[subprocess.Popen[str]]:
    with started("demo", "--port", "0", "--json") as process:
        yield process


@pytest.mark.slow
def test_it_stays_up_with_an_admin_to_sign_in_to_and_ends_on_sigterm(
    demo: subprocess.Popen[str],
) -> None:
    ready = first_json(demo)
    stores = [requests.get(store["url"], timeout=10).status_code for store in ready["stores"]]

    with requests.Session() as browser:
        page = browser.get(f"{ready['url']}/sign-in", timeout=10)
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
        assert token is not None
        signed_in = browser.post(
            f"{ready['url']}/sign-in",
            data={
                "email": ready["email"],
                "password": ready["password"],
                "csrf_token": token[1],
            },
            timeout=10,
        )
    demo.send_signal(signal.SIGTERM)

    assert len(stores) == len(registry.names())
    assert signed_in.status_code == 200
    assert "/sign-in" not in signed_in.url
    assert demo.wait(timeout=10) == 0
