"""The whole way by commands alone: a store on a socket, its orders, its stock, its books."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from platforms.sandbox.woocommerce import Carriage, Sandbox, Sold, open_sandbox
from tests.cli.conftest import Run
from webapp.cli.sandbox import write_files


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with open_sandbox(orders=20, seed=3) as sandbox:
        yield sandbox


@pytest.fixture
def shop(ready: Run, sandbox: Sandbox, tmp_path: Path) -> Run:
    """`run` on a home where the store is connected, counted and mapped; nothing pulled yet."""
    write_files(tmp_path, sandbox.declaration("main"), sandbox)
    for words in (
        ("site", "apply", tmp_path / "site.json"),
        ("catalogue", "pull", "main"),
        ("stock", "import", tmp_path / "stock.csv"),
        ("mapping", "import", "main", tmp_path / "mapping.csv"),
    ):
        said = ready(*words)
        assert said.status == 0, said.err
    return ready


def test_orders_come_in_once_and_the_books_hold(shop: Run) -> None:
    first, second = shop("pull", "main", "--json").json, shop("pull", "main", "--json").json
    verified = shop("books", "verify", "--json")

    assert (first["fetched"], first["new"]) == (20, 20)
    assert set(first) >= set(
        [
            "run",
            "fetched",
            "new",
            "changed",
            "unchanged",
            "processed",
            "states",
            "requests",
            "seconds",
            "watermark",
        ]
    )
    assert sum(first["states"].values()) == first["processed"] == 20
    assert (second["new"], second["changed"], second["processed"]) == (0, 0, 0)
    assert verified.status == 0
    assert verified.json["orders"] == 20


def test_one_order_is_read_anew_by_its_number(shop: Run, sandbox: Sandbox) -> None:
    said = shop("pull", "main", "--order", str(sandbox.cases["1"]), "--json")

    assert (said.json["fetched"], said.json["new"]) == (1, 1)
    assert said.json["watermark"] is None


def test_an_order_that_the_store_does_not_have_is_said(shop: Run) -> None:
    said = shop("pull", "main", "--order", "99999", "--json")

    assert said.status == 1
    assert "in the store" in said.json["error"]["next"]
    assert said.json["error"]["message"]
    assert "Traceback" not in said.err


def test_the_designs_example_posts_to_the_cent_with_because(shop: Run, sandbox: Sandbox) -> None:
    shop("pull", "main")

    order = shop("order", "main", str(sandbox.cases["1"]), "--json").json

    posted = {
        (entry["chapter"], side["role"]): (side["debit"], side["credit"])
        for entry in order["entries"]
        for side in entry["lines"]
    }
    assert posted == {
        ("sale", "customer_payment"): ("103.88", "0.00"),
        ("sale", "sales_revenue"): ("0.00", "100.00"),
        ("sale", "discount"): ("10.00", "0.00"),
        ("sale", "delivery"): ("0.00", "8.00"),
        ("sale", "tax"): ("0.00", "5.88"),
        ("fees", "platform_fees"): ("3.51", "0.00"),
        ("fees", "customer_payment"): ("0.00", "3.51"),
    }
    assert all(side["because"] for entry in order["entries"] for side in entry["lines"])
    assert order["state"] == "synced"


def test_a_shipped_order_is_told_to_the_store_and_not_twice(shop: Run, sandbox: Sandbox) -> None:
    shop("pull", "main")
    number = str(sandbox.cases["1"])

    said = shop("ship", "main", number, "--carrier", "Pos Laju", "--tracking", "EP1", "--json")
    again = shop("ship", "main", number, "--json")

    assert said.json.items() >= {"number": number, "store_told": True}.items()
    assert said.json["shipped_at"].endswith("Z")
    assert sandbox.store.order(int(number))["status"] == "completed"
    assert (again.status, again.json["error"]["code"]) == (1, "cannot_ship")


def test_a_push_pulls_first_and_sends_only_what_differs(shop: Run, sandbox: Sandbox) -> None:
    shop("pull", "main")
    shop("push", "main")
    sandbox.store.place_order(
        lines=[Sold(product="MUG-TEHTARIK", quantity=2)], shipping=[Carriage(total="8.00")]
    )
    sandbox.store.set_stock("LAMP-BRASS", 1)
    shop("catalogue", "pull", "main")

    tried = shop("push", "main", "--dry-run", "--json").json
    pushed = shop("push", "main", "--json").json
    again = shop("push", "main", "--json").json

    assert tried["pulled"] == 1
    would = {each["sku"]: each for each in tried["would_send"]}
    assert would["LAMP-BRASS"]["from"] == 1
    assert (tried["sent"], tried["confirmed"]) == (0, 0)
    assert pushed["sent"] == pushed["confirmed"] == len(would)
    assert again["sent"] == 0
    assert sandbox.store.product("LAMP-BRASS")["stock_quantity"] == would["LAMP-BRASS"]["to"]
    assert set(pushed) >= set(
        [
            "run",
            "pulled",
            "listings",
            "changed",
            "sent",
            "confirmed",
            "failed",
            "failures",
            "requests",
            "seconds",
        ]
    )


def test_blocked_orders_are_the_feeds_news_and_a_retry_tries_them(
    shop: Run, sandbox: Sandbox
) -> None:
    pulled = shop("pull", "main", "--json")

    retried = shop("retry", "main", "--code", "currency_mismatch", "--json")

    assert pulled.status == 0
    assert pulled.json["states"]["blocked"] >= 2
    assert (retried.status, retried.json["retried"]) == (0, 2)
    assert retried.json["states"]["blocked"] == 2
    assert shop("retry", "main", "--order", "99999").status == 1


def test_a_sweep_finds_what_the_date_did_not_show(shop: Run, sandbox: Sandbox) -> None:
    order = sandbox.store.place_order(lines=[Sold(product="MUG-TEHTARIK")])
    shop("pull", "main")
    sandbox.store.set_meta(order, "_stripe_fee", "1.11", bump=False)

    said = shop("sweep", "main", "--days", "30", "--json").json

    assert set(said) >= set(["run", "checked", "changed", "missed_by_date", "requests"])
    assert said["missed_by_date"] == 1


def test_a_store_that_asks_to_wait_is_a_sentence_with_the_time(shop: Run, sandbox: Sandbox) -> None:
    sandbox.faults.once("429", "120", method="GET", path="/orders")

    said = shop("pull", "main", "--json")

    assert said.status == 1
    assert said.json["error"]["code"] == "store_rate_limited"
    assert "120 seconds" in said.json["error"]["next"]


def test_a_refused_key_stops_the_site_with_a_way_out(
    shop: Run, sandbox: Sandbox, tmp_path: Path
) -> None:
    declaration = sandbox.declaration("main")
    declaration["credentials"] = {"consumer_key": "ck_x", "consumer_secret": "cs_x"}
    (tmp_path / "bad.json").write_text(json.dumps(declaration))
    shop("site", "apply", tmp_path / "bad.json")

    said = shop("pull", "main", "--json")
    stopped = shop("site", "list", "--json").json["sites"][0]["stopped"]
    shop("site", "apply", tmp_path / "site.json")
    mended = shop("pull", "main", "--json")

    assert said.json["error"]["code"] == "store_refused_credentials"
    assert said.json["error"]["next"]
    assert stopped["code"] == "store_refused_credentials"
    assert mended.status == 0
    assert shop("site", "list", "--json").json["sites"][0]["stopped"] is None


def test_a_connection_that_works_is_said_step_by_step(shop: Run) -> None:
    said = shop("site", "test", "main", "--json")

    assert (said.status, said.json["ok"]) == (0, True)
    assert all(check["ok"] for check in said.json["checks"])


def test_the_same_day_on_postgresql(
    run: Run,
    sandbox: Sandbox,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    empty_postgres_url: str,
    encryption_keys: tuple[str, ...],
) -> None:
    monkeypatch.setenv("DATABASE_URL", empty_postgres_url)
    monkeypatch.setenv("TILLBRIDGE_SECRET_KEY", "x" * 40)
    monkeypatch.setenv("TILLBRIDGE_ENCRYPTION_KEYS", encryption_keys[0])
    write_files(tmp_path, sandbox.declaration("main"), sandbox)

    for words in (
        ("init",),
        ("site", "apply", tmp_path / "site.json"),
        ("catalogue", "pull", "main"),
        ("stock", "import", tmp_path / "stock.csv"),
        ("pull", "main"),
        ("mapping", "import", "main", tmp_path / "mapping.csv"),
        ("pull", "main"),
        ("push", "main"),
        ("ship", "main", str(sandbox.cases["1"])),
        ("books", "verify"),
        ("books", "export", "--format", "beancount", tmp_path / "books.beancount"),
        ("buyer", "erase", "main", str(sandbox.cases["1"])),
        ("sweep", "main"),
    ):
        said = run(*words)
        assert said.status == 0, f"{words}: {said.err}"

    balance = run("books", "trial-balance", "--json").json["currencies"]["MYR"]
    assert balance["debit"] == balance["credit"] != "0.00"
    assert run("books", "verify").status == 0


@pytest.mark.parametrize("command", ["retry", "pull"])
def test_an_empty_number_is_no_order_and_never_all_of_them(shop: Run, command: str) -> None:
    shop("pull", "main")

    said = shop(command, "main", "--order", "", "--json")

    assert said.status == 1
    assert said.json["error"]["code"]
