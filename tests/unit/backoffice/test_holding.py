"""Rules by which a site holds a new order until a person lets it go."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from platforms.base import RemoteAddress
from tests import factories as make
from tests.remote_sales import example, goods
from webapp.backoffice.orders.holding import hold_reason
from webapp.backoffice.sites.settings import read_automation


def held(order: Any, *rules: dict[str, Any], buyer: Any = None) -> str | None:
    stored = [{"say": f"rule {number}", **rule} for number, rule in enumerate(rules, 1)]
    return hold_reason(order, buyer, read_automation({"hold_when": stored}).hold_when)


@pytest.mark.parametrize(
    ("rule", "is_held"),
    [
        ({"field": "total", "over": "103.87"}, True),
        ({"field": "total", "over": "103.88"}, False),
        ({"field": "total", "is": "103.880"}, True),
        ({"field": "quantity", "over": 1}, True),
        ({"field": "quantity", "over": 2}, False),
        ({"field": "payment_method", "is": "Stripe"}, True),
        ({"field": "payment_method", "is": "cod"}, False),
        ({"field": "sku", "contains": "te"}, True),
        ({"field": "sku", "contains": "mug"}, False),
    ],
)
def test_a_rule_looks_at_one_field_of_the_order(rule: dict[str, Any], is_held: bool) -> None:
    assert held(example(), rule) == ("rule 1" if is_held else None)


@pytest.mark.parametrize(
    ("rule", "is_held"),
    [
        ({"field": "country", "is": "sg"}, True),
        ({"field": "country", "is": "MY"}, False),
        ({"field": "note", "contains": "GIFT"}, True),
    ],
)
def test_a_rule_looks_at_the_buyer(rule: dict[str, Any], is_held: bool) -> None:
    buyer = make.remote_buyer(shipping=replace(RemoteAddress(), country="SG"), note="It is a gift")

    assert held(example(), rule, buyer=buyer) == ("rule 1" if is_held else None)


def test_the_billing_country_counts_where_nothing_is_said_of_shipping() -> None:
    assert held(example(), {"field": "country", "is": "MY"}, buyer=make.remote_buyer()) == "rule 1"


def test_a_rule_about_a_buyer_who_is_not_known_holds_nothing() -> None:
    assert held(example(), {"field": "country", "is": "MY"}) is None


def test_one_line_that_fits_is_enough() -> None:
    order = make.remote_order([goods("1.00"), goods("1.00", key="13", quantity=9)])

    assert held(order, {"field": "quantity", "over": 5}) == "rule 1"


def test_the_first_rule_that_fits_says_why() -> None:
    rules = (
        {"field": "total", "over": 1000},
        {"field": "total", "over": 100},
        {"field": "total", "over": 1},
    )

    assert held(example(), *rules) == "rule 2"


def test_what_is_no_number_is_over_nothing() -> None:
    assert held(example(total=Decimal(5)), {"field": "payment_method", "over": 1}) is None
