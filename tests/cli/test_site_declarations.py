"""`site`: declarations in and out, every wrong key named, nothing of a wrong file applied."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run

DECLARATION: dict[str, Any] = {
    "name": "main",
    "platform": "woocommerce",
    "url": "http://127.0.0.1:9",
    "currency": "MYR",
    "timezone": "Asia/Kuala_Lumpur",
    "credentials": {"consumer_key": "ck_secret", "consumer_secret": "cs_secret"},
    "integration": {"orders_from": "2026-01-01T00:00:00Z"},
    "ledgers": {
        "platform_fees": "6100",
        "customer_payment": "1150",
        "delivery": "4200",
        "sales_revenue": "4000",
        "discount": "4900",
        "tax": "2200",
        "bank": "1000",
    },
    "payment_methods": {"cod": {"customer_payment": "1160", "bank": "1010"}},
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "site.json"
    path.write_text(json.dumps(DECLARATION))
    return path


def test_applying_it_twice_changes_nothing(ready: Run, file: Path) -> None:
    first, second = ready("site", "apply", file, "--json"), ready("site", "apply", file, "--json")

    assert (
        first.json["sites"][0].items() >= {"name": "main", "created": True, "changed": []}.items()
    )
    assert second.json["sites"][0].items() >= {"created": False, "changed": []}.items()


def test_a_changed_key_is_named(ready: Run, file: Path) -> None:
    ready("site", "apply", file)
    file.write_text(json.dumps({**DECLARATION, "automation": {"stock_buffer": 2}}))

    said = ready("site", "apply", file, "--json")

    assert said.json["sites"][0]["changed"] == ["automation.stock_buffer"]


def test_every_wrong_key_is_named_and_nothing_is_applied(ready: Run, file: Path) -> None:
    wrong = {
        **DECLARATION,
        "currency": "XYZ",
        "timezone": "Mars/Olympus",
        "colour": "red",
        "ledgers": {**DECLARATION["ledgers"], "tax": "9999", "sales_revenue": "1000"},
    }
    file.write_text(json.dumps([DECLARATION, {**wrong, "name": "other"}]))

    said = ready("site", "apply", file, "--json")

    assert said.status == 1
    keys = {fault["key"] for fault in said.json["error"]["errors"]}
    assert keys >= {"currency", "timezone", "colour", "ledgers.tax", "ledgers.sales_revenue"}
    assert all(fault["message"] for fault in said.json["error"]["errors"])
    assert ready("site", "list", "--json").json == {"sites": []}


def test_a_private_address_is_refused_without_the_setting(
    ready: Run, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TILLBRIDGE_ALLOW_PRIVATE_STORES")

    said = ready("site", "apply", file, "--json")

    assert said.status == 1
    assert [fault["key"] for fault in said.json["error"]["errors"]] == ["url"]


@pytest.mark.parametrize("body", ["", "{", "[]", "12", '"text"', "[{]", "\x00"])
def test_a_file_that_is_no_declaration_is_said(ready: Run, file: Path, body: str) -> None:
    file.write_text(body)

    said = ready("site", "apply", file, "--json")

    assert said.status == 1
    assert said.json["error"]["errors"]


def test_a_file_that_is_not_there_is_said(ready: Run, tmp_path: Path) -> None:
    said = ready("site", "apply", tmp_path / "none.json")

    assert said.status == 1
    assert "none.json" in said.err


def test_an_export_holds_no_secret_and_applies_again(
    ready: Run, file: Path, tmp_path: Path
) -> None:
    ready("site", "apply", file)

    said = ready("site", "export", "main", tmp_path / "out.json", "--json")
    again = ready("site", "apply", tmp_path / "out.json", "--json")

    written = (tmp_path / "out.json").read_text()
    assert "secret" not in written + said.out
    assert json.loads(written) == said.json["site"]
    assert again.json["sites"][0]["changed"] == []


def test_the_list_has_every_key_and_all_six_states(ready: Run, file: Path) -> None:
    ready("site", "apply", file)

    (site,) = ready("site", "list", "--json").json["sites"]

    assert set(site) >= set(
        ["name", "platform", "url", "enabled", "last_pull_at", "last_push_at", "states"]
    )
    assert set(site["states"]) == set(
        ["synced", "blocked", "retrying", "failed", "skipped", "pending"]
    )


def test_a_store_that_is_not_there_fails_the_test_with_its_normal_keys(
    ready: Run, file: Path
) -> None:
    ready("site", "apply", file)

    said = ready("site", "test", "main", "--json")

    assert said.status == 1
    assert said.json["ok"] is False
    assert set(said.json) >= {"ok", "store", "version", "currency", "checks"}
    assert said.err


@pytest.mark.parametrize(
    "body",
    [
        b'{"name": "k\xe4se"}',
        "[" * 100_000,
        '{"name": 1e99999999999999999999}',
        '{"name": "\\ud800"}',
        '{"name": "a\\u0000b"}',
    ],
    ids=["cp1252", "depth", "number", "surrogate", "nul"],
)
def test_a_damaged_file_is_one_sentence(ready: Run, file: Path, body: bytes | str) -> None:
    file.write_bytes(body if isinstance(body, bytes) else body.encode())

    said = ready("site", "apply", file, "--json")

    assert (said.status, said.json["error"]["code"]) == (1, "unreadable_file")
    assert said.json["error"]["errors"][0]["key"] == ""


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("platform", []),
        ("platform", {"a": 1}),
        ("url", "http://shop example"),
        ("url", "http://shop\n.example"),
        ("integration.orders_from", "0001-01-01T00:00:00+14:00"),
        ("integration.orders_from", "9999-12-31T23:59:59-12:00"),
        ("integration.stock_from", "9999-12-31T00:00:00Z"),
        ("posting.included_tax_rate", "1_0"),
        ("posting.included_tax_rate", "٥"),
        ("posting.included_tax_rate", "1e-300"),
    ],
)
def test_a_value_that_makes_no_sense_is_named_by_its_key(
    ready: Run, file: Path, key: str, value: Any
) -> None:
    outer, _, inner = key.partition(".")
    wrong = {**DECLARATION, outer: {inner: value} if inner else value}
    file.write_text(json.dumps(wrong))

    said = ready("site", "apply", file, "--json")

    assert (said.status, said.json["error"]["code"]) == (1, "wrong_declaration")
    assert key in [fault["key"] for fault in said.json["error"]["errors"]]
    assert ready("site", "list", "--json").json["sites"] == []
