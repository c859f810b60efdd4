"""`demo`: plays itself through and proves its books; or stays up with a store and the admin."""

import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.cli.conftest import Run
from tests.cli.processes import first_json, started

CHECKOUT = Path(__file__).parent.parent.parent


@pytest.mark.slow
def test_once_ends_well_and_says_so_in_json(run: Run, home: Path) -> None:
    said = run("demo", "--once", "--json")

    assert said.status == 0, said.err[-2000:]
    (site,) = said.json["sites"]
    assert site["orders"] == sum(site["states"].values()) > 40
    assert (site["states"]["failed"], site["states"]["pending"], site["states"]["retrying"]) == (
        0,
        0,
        0,
    )
    assert site["states"]["blocked"] >= 3
    assert said.json["pushed"] > 0
    assert said.json["books"]["balanced"] is True
    assert said.json["books"]["debit"] == said.json["books"]["credit"] != "0.00"
    assert set(said.json) == {"sites", "pushed", "books", "clearing", "seconds"}
    assert [path.name for path in home.iterdir()] == ["demo"]


@pytest.mark.slow
def test_once_tells_a_shop_owner_what_happened(run: Run) -> None:
    said = run("demo", "--once")

    for told in (
        "asked us to wait",
        "Not mapped to a stock item: “Rattan Basket”",
        "the site's books are in MYR",
        "does not add up",
        "awaiting-pickup",
        "Dr refunds",
        "They balance.",
        "The books hold",
    ):
        assert told in said.out, told
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

    assert signed_in.status_code == 200
    assert "/sign-in" not in signed_in.url
    assert demo.wait(timeout=10) == 0
