"""A store that answers garbage in one order: that order is named, all others go on, on both databases."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

import pytest
from sqlalchemy import Engine

from jobs.catalogue import pull_catalogue
from jobs.pull import pull_site
from platforms.errors import PlatformError
from platforms.sandbox.woocommerce import Sold, open_sandbox
from tests import factories as make
from tests.platforms.scripted import Asked, response, scripted
from tests.stores import runtime_of, states
from webapp.database import writing

Json = dict[str, Any]
Served = Json | bytes

BAD = ("failed", "store_bad_response")
NUL = "a\0b"
REFUND: Json = {
    "id": 900,
    "parent_id": 2,
    "date_created_gmt": "2026-03-05T05:00:00",
    "amount": "10.00",
    "line_items": [],
}


@pytest.fixture(scope="module")
def template() -> Json:
    """A paid order of one mug, as a real shop serves it."""
    with open_sandbox() as sandbox:
        number = sandbox.store.place_order(lines=[Sold(product="MUG-TEHTARIK", quantity=1)])
        found: Json = json.loads(json.dumps(sandbox.store.order(number)))
        return found


class Shop:
    """A site of its own at a server that says what the test wants."""

    def __init__(self, engine: Engine, template: Json) -> None:
        self.engine = engine
        self.template = template
        self.orders: list[Served] = []
        self.refunds: bytes | list[Json] = []
        self.products: list[Json] = []
        self.answers: dict[str, bytes] = {}
        self.total = ""
        self.site_id = 0

    def order(self, number: int, **values: Any) -> Json:
        return {**deepcopy(self.template), "id": number, "number": str(number), **values}

    def with_line(self, **values: Any) -> Json:
        order = self.order(2)
        order["line_items"][0].update(values)
        return order

    def pull(self, *orders: Served) -> None:
        """Pull these orders between two good ones, twice."""
        self.orders = [self.order(1), *orders, self.order(9)]
        pull_site(runtime_of(self.engine), self.site_id)
        pull_site(runtime_of(self.engine), self.site_id)

    def others(self) -> dict[tuple[str, str | None], int]:
        """States of all but the two good orders, which must be synced."""
        found = states(self.engine)
        assert found["synced", None] >= 2, found
        found["synced", None] -= 2
        return {state: count for state, count in found.items() if count}

    def answer(self, asked: Asked) -> bytes:
        for ending, answer in self.answers.items():
            if asked.path.endswith(ending):
                return answer
        if asked.path.rstrip("/").endswith("/wp-json"):
            return response(json.dumps({"name": "Shop", "namespaces": ["wc/v3"]}))
        if asked.path.endswith("/system_status"):
            settings = {"currency": "MYR", "number_of_decimals": 2}
            return response(json.dumps({"environment": {}, "settings": settings}))
        if asked.path.endswith("/orders") and asked.query.get("status") == "any":
            body = b"[%b]" % b",".join(map(_bytes, self.orders))
            return response(body, **({"X_WP_Total": self.total} if self.total else {}))
        if asked.path.endswith("/products"):
            return response(json.dumps(self.products))
        if asked.path.endswith("/2/refunds") or "parent" in asked.query:
            found = self.refunds
            return response(found if isinstance(found, bytes) else json.dumps(found))
        return response(b"[]")


def _bytes(served: Served) -> bytes:
    return served if isinstance(served, bytes) else json.dumps(served).encode()


@contextmanager
def opened(engine: Engine, template: Json) -> Iterator[Shop]:
    shop = Shop(engine, template)
    with scripted(shop.answer) as server:
        with writing(engine) as session:
            site = make.wired_site(session, url=server.url, credentials={})
            item = make.stock_item(session, "MUG", 1000)
            key = str(template["line_items"][0]["product_id"])
            make.mapping(session, make.listing(session, site, key), (item, 1))
            shop.site_id = site.id
        yield shop


@pytest.fixture
def shop(engine: Engine, template: Json) -> Iterator[Shop]:
    with opened(engine, template) as shop:
        yield shop


@pytest.mark.parametrize("field", ["date_created_gmt", "date_paid_gmt", "date_completed_gmt"])
@pytest.mark.parametrize(
    "date",
    ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00",
     "9999-12-31T23:59:59"],
)  # fmt: skip
def test_a_date_out_of_all_calendars_fails_its_own_order(shop: Shop, field: str, date: str) -> None:
    shop.pull(shop.order(2, **{field: date}))

    assert shop.others() == {BAD: 1}


@pytest.mark.parametrize("remote_id", [None, True, 1.5, "", "abc", NUL, "7" * 300, [], {"a": 1}])
def test_an_order_without_a_usable_id_fails_alone(shop: Shop, remote_id: Any) -> None:
    shop.pull(shop.order(2) | {"id": remote_id, "refunds": [{"id": 1}]})

    assert shop.others() == {BAD: 1}


@pytest.mark.parametrize("value", [5, False, ["2026-03-05T04:00:00"], {}])
def test_a_posted_order_whose_date_changes_its_type_is_not_posted_again(
    shop: Shop, value: Any
) -> None:
    shop.pull(shop.order(2))

    shop.pull(shop.order(2, date_modified=value))

    assert shop.others() == {("synced", None): 1}


@pytest.mark.parametrize("broken", [b'"\\ud800"', b"NaN", b'"\xff\xfe"', b"1e99999999999999999999"])
def test_an_order_that_breaks_the_rules_of_json_fails_alone(shop: Shop, broken: bytes) -> None:
    body = json.dumps(shop.order(2, status="here")).encode()

    shop.pull(body.replace(b'"here"', broken))

    assert shop.others() == {BAD: 1}


@pytest.mark.parametrize("field", ["product_id", "variation_id"])
@pytest.mark.parametrize("value", [NUL, "mug", -4, 1.5, [1], {"a": 1}, "9" * 300])
def test_a_product_that_is_no_number_fails_its_own_order(
    shop: Shop, field: str, value: Any
) -> None:
    shop.pull(shop.with_line(**{field: value}))

    assert shop.others() == {BAD: 1}


@pytest.mark.parametrize("value", [NUL, "x" * 300, [1]])
def test_a_line_id_that_no_database_takes_fails_its_own_order(shop: Shop, value: Any) -> None:
    shop.pull(shop.with_line(id=value))

    assert shop.others() == {BAD: 1}


def test_more_pieces_than_there_can_be_fail_their_own_order(shop: Shop) -> None:
    shop.pull(shop.with_line(quantity="1e14"))

    assert shop.others() == {BAD: 1}


def test_a_nameless_product_with_a_nul_in_its_name_waits_to_be_mapped(shop: Shop) -> None:
    shop.pull(shop.with_line(product_id=0, name=NUL))

    assert shop.others() == {("blocked", "unmapped_listing"): 1}


@pytest.mark.parametrize("code", [NUL, "T" * 500])
def test_a_long_or_odd_name_of_a_tax_rate_is_no_reason_to_fail(shop: Shop, code: str) -> None:
    order = shop.order(2)
    order["tax_lines"][0]["rate_code"] = code

    shop.pull(order)

    assert shop.others() == {("synced", None): 1}


@pytest.mark.parametrize(
    "change",
    [{"id": None}, {"id": []}, {"id": NUL}, {"id": "7" * 300}, {"date_created_gmt": None},
     {"date_created_gmt": "0001-01-01T00:00:00+14:00"}, {"amount": "lots"}, {"line_items": 5}],
)  # fmt: skip
def test_a_refund_that_makes_no_sense_fails_its_own_order(shop: Shop, change: Json) -> None:
    shop.refunds = [REFUND | change]

    shop.pull(shop.order(2, refunds=[{"id": 900}]))

    assert shop.others() == {BAD: 1}


def test_refunds_that_do_not_say_whose_they_are_are_asked_for_order_by_order(shop: Shop) -> None:
    shop.refunds = [REFUND | {"parent_id": True}]

    shop.pull(shop.order(2, refunds=[{"id": 900}]), shop.order(3, refunds=[{"id": 901}]))

    assert shop.others() == {("synced", None): 2}


def test_an_order_whose_refunds_the_shop_itself_fails_over_fails_alone(shop: Shop) -> None:
    said = {"code": "woocommerce_rest_plugin_error", "message": "No", "data": {"status": 400}}
    shop.answers["/2/refunds"] = response(json.dumps(said), 400)

    shop.pull(shop.order(2, refunds=[{"id": 900}]))

    assert shop.others() == {BAD: 1}


# --- the catalogue ------------------------------------------------------------------------------


def product(number: object, **values: Any) -> Json:
    return {
        "id": number,
        "type": "simple",
        "name": "Thing",
        "sku": "THING",
        "price": "1.00",
        "manage_stock": True,
        "stock_quantity": 5,
        **values,
    }


@pytest.mark.parametrize(
    "change",
    [{"date_modified_gmt": True}, {"date_modified_gmt": "0001-01-01T00:00:00+14:00"},
     {"stock_quantity": 10**12}, {"name": NUL}, {"attributes": 5}, {"price": {}}],
)  # fmt: skip
def test_an_odd_field_of_a_product_does_not_stop_the_catalogue(shop: Shop, change: Json) -> None:
    shop.products = [product(5001), product(5002, **change), product(5003)]

    report = pull_catalogue(runtime_of(shop.engine), shop.site_id)

    assert report.new == 3


@pytest.mark.parametrize("number", [None, "", NUL, "mug", [], 0])
def test_a_product_without_a_number_is_left_out_of_the_catalogue(shop: Shop, number: Any) -> None:
    shop.products = [product(5001), product(number), product(5003)]

    report = pull_catalogue(runtime_of(shop.engine), shop.site_id)

    assert (report.listings, report.new) == (2, 2)


@pytest.mark.parametrize("total", ["9" * 5000, "²", "-1", "1e9"])
def test_a_total_that_is_no_number_ends_no_pull(shop: Shop, total: str) -> None:
    shop.total = total

    shop.pull(shop.order(2))

    assert shop.others() == {("synced", None): 1}


def test_a_refusal_full_of_control_characters_is_kept_without_them(shop: Shop) -> None:
    said = {"code": "no", "message": "No\0 \x1b[2Jway", "data": {"status": 400}}
    shop.answers["/orders"] = response(json.dumps(said), 400)

    with pytest.raises(PlatformError) as refused:
        shop.pull()

    assert refused.value.said.isprintable()
    assert "way" in refused.value.said
