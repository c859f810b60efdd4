"""Every key of a site declaration, and the sentence for what it does not take."""

from typing import Any

import pytest

from platforms import registry
from webapp.backoffice.setup.declaration_fields import Faults
from webapp.backoffice.setup.declaration_reading import Declaration, read_declaration

PLATFORMS = {name: registry.get(name) for name in registry.names()}
BASE: dict[str, Any] = {
    "name": "main",
    "platform": "woocommerce",
    "url": "https://shop.example.com/",
    "currency": "MYR",
    "timezone": "Asia/Kuala_Lumpur",
    "credentials": {"consumer_key": "ck_1", "consumer_secret": "cs_1"},
}
RULE = {"field": "total", "over": 500, "say": "big"}


def read(**given: Any) -> tuple[Declaration, list[str]]:
    faults = Faults()
    declared = read_declaration({**BASE, **given}, PLATFORMS, faults)
    assert all(each.message.endswith(".") or each.message.endswith(":") for each in faults.found)
    return declared, [each.key for each in faults.found]


def keys(**given: Any) -> list[str]:
    return read(**given)[1]


def test_the_example_of_the_reference_is_understood_whole() -> None:
    declared, faults = read(
        integration={
            "orders_from": "2026-01-01T00:00:00Z",
            "pull_every": 300,
            "push_every": None,
            "requests_at_once": 4,
            "attempt_limit": 8,
            "stock_from": None,
            "buyer_days": 730,
        },
        automation={
            "import_statuses": ["processing", "completed"],
            "stock_leaves_on": "paid",
            "on_shipped_set_status": None,
            "cancel_restocks": True,
            "stock_buffer": 0,
            "status_as": {"packing": "processing"},
            "hold_when": [RULE, {"field": "country", "is": "SG", "say": "abroad"}],
        },
        posting={
            "tax_collected_by": "seller",
            "included_tax_rate": "0",
            "restock_on_refund": True,
            "cost_of_goods": False,
            "closed_period": "next_open_day",
            "fee_meta_keys": ["_fee"],
            "refund_words": [],
            "child_orders": "skip",
            "store_credit": {},
            "escrow_fields": {},
        },
        ledgers={"platform_fees": "6100", "tax": 2200, "refunds": None},
        payment_methods={"cod": {"customer_payment": "1160", "bank": "1010"}, "old": None},
    )

    assert faults == []
    assert declared.plain["url"] == "https://shop.example.com"
    assert declared.integration["push_every"] is None
    assert declared.automation["hold_when"][0] == {"field": "total", "over": "500", "say": "big"}
    assert declared.wiring == {
        ("platform_fees", ""): "6100",
        ("tax", ""): "2200",
        ("refunds", ""): None,
        ("customer_payment", "cod"): "1160",
        ("bank", "cod"): "1010",
        ("customer_payment", "old"): None,
        ("bank", "old"): None,
    }


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({"colour": "red"}, "colour"),
        ({"integration": {"pull_evry": 300}}, "integration.pull_evry"),
        ({"credentials": {"token": "x"}}, "credentials.token"),
        ({"ledgers": {"revenue": "4000"}}, "ledgers.revenue"),
        ({"payment_methods": {"cod": {"tax": "2200"}}}, "payment_methods.cod.tax"),
        ({"automation": {"hold_when": [{**RULE, "x": 1}]}}, "automation.hold_when[0].x"),
    ],
)
def test_an_unknown_key_is_refused_by_its_name(given: dict[str, Any], key: str) -> None:
    assert keys(**given) == [key]


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({"name": ""}, "name"),
        ({"name": "a/b"}, "name"),
        ({"name": 5}, "name"),
        ({"platform": "ebay"}, "platform"),
        ({"url": "shop.example.com"}, "url"),
        ({"url": "ftp://shop.example.com"}, "url"),
        ({"url": "https://user:pass@shop.example.com"}, "url"),
        ({"url": "https://shop.example.com?a=b"}, "url"),
        ({"url": "https://shop.example.com:port"}, "url"),
        ({"url": "https://[bad"}, "url"),
        ({"url": 5}, "url"),
        ({"currency": "ABC"}, "currency"),
        ({"currency": "myr"}, "currency"),
        ({"timezone": "Asia"}, "timezone"),
        ({"timezone": "Mars/Base"}, "timezone"),
        ({"credentials": {"consumer_key": ""}}, "credentials.consumer_key"),
        ({"credentials": "ck_1"}, "credentials"),
        ({"integration": []}, "integration"),
        ({"integration": {"pull_every": 9}}, "integration.pull_every"),
        ({"integration": {"pull_every": "300"}}, "integration.pull_every"),
        ({"integration": {"pull_every": True}}, "integration.pull_every"),
        ({"integration": {"requests_at_once": 0}}, "integration.requests_at_once"),
        ({"integration": {"requests_at_once": 9}}, "integration.requests_at_once"),
        ({"integration": {"requests_at_once": None}}, "integration.requests_at_once"),
        ({"integration": {"attempt_limit": None}}, "integration.attempt_limit"),
        ({"integration": {"attempt_limit": 0}}, "integration.attempt_limit"),
        ({"integration": {"orders_from": "2026-01-01"}}, "integration.orders_from"),
        ({"integration": {"orders_from": "2026-01-01T00:00:00"}}, "integration.orders_from"),
        ({"integration": {"stock_from": 5}}, "integration.stock_from"),
        ({"automation": {"import_statuses": "completed"}}, "automation.import_statuses"),
        ({"automation": {"import_statuses": []}}, "automation.import_statuses"),
        ({"automation": {"import_statuses": [""]}}, "automation.import_statuses"),
        ({"automation": {"stock_leaves_on": "packed"}}, "automation.stock_leaves_on"),
        ({"automation": {"cancel_restocks": "yes"}}, "automation.cancel_restocks"),
        ({"automation": {"stock_buffer": -1}}, "automation.stock_buffer"),
        ({"automation": {"stock_buffer": "5"}}, "automation.stock_buffer"),
        ({"automation": {"status_as": {"a": 5}}}, "automation.status_as"),
        ({"automation": {"hold_when": {}}}, "automation.hold_when"),
        ({"automation": {"hold_when": ["total"]}}, "automation.hold_when[0]"),
        (
            {"automation": {"hold_when": [{"field": "total", "say": "x"}]}},
            "automation.hold_when[0]",
        ),
        (
            {"automation": {"hold_when": [{**RULE, "field": "colour"}]}},
            "automation.hold_when[0].field",
        ),
        (
            {"automation": {"hold_when": [{"field": "sku", "over": 5, "say": "x"}]}},
            "automation.hold_when[0].over",
        ),
        (
            {"automation": {"hold_when": [RULE, {**RULE, "over": "many"}]}},
            "automation.hold_when[1].over",
        ),
        (
            {"automation": {"hold_when": [{"field": "total", "over": 5}]}},
            "automation.hold_when[0].say",
        ),
        ({"posting": {"tax_collected_by": "nobody"}}, "posting.tax_collected_by"),
        ({"posting": {"included_tax_rate": 6}}, "posting.included_tax_rate"),
        ({"posting": {"included_tax_rate": "six"}}, "posting.included_tax_rate"),
        ({"posting": {"cost_of_goods": True}}, "posting.cost_of_goods"),
        ({"posting": {"store_credit": {"fees": ["Wallet"]}}}, "posting.store_credit"),
        ({"posting": {"closed_period": "open"}}, "posting.closed_period"),
        ({"posting": {"child_orders": "both"}}, "posting.child_orders"),
        ({"ledgers": {"tax": ["2200"]}}, "ledgers.tax"),
        ({"payment_methods": ["cod"]}, "payment_methods"),
        ({"payment_methods": {"cod": "1160"}}, "payment_methods.cod"),
    ],
)
def test_a_wrong_value_is_refused_by_its_key(given: dict[str, Any], key: str) -> None:
    if key.startswith("automation.hold_when[0].field"):
        assert key in keys(**given)
    else:
        assert keys(**given) == [key]


def test_all_faults_are_told_at_once() -> None:
    assert keys(currency="ABC", timezone="x", integration={"pull_every": 1}, colour=1) == [
        "currency",
        "timezone",
        "integration.pull_every",
        "colour",
    ]


def test_a_file_that_is_no_object_is_refused() -> None:
    faults = Faults()

    read_declaration(5, PLATFORMS, faults)

    assert [each.key for each in faults.found] == ["", "name"]


def test_no_sentence_ever_holds_a_credential() -> None:
    faults = Faults()
    secret = "cs_" + "s" * 5_000

    read_declaration({**BASE, "credentials": {"consumer_secret": secret}}, PLATFORMS, faults)

    assert [each.key for each in faults.found] == ["credentials.consumer_secret"]
    assert "sss" not in faults.found[0].message
