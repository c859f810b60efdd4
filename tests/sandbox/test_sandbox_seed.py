"""The seeded shop: known cases, a believable mix, the same for the same seed."""

from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from time import perf_counter

import pytest

from platforms.sandbox.woocommerce import ORDERS_FROM, open_sandbox
from platforms.sandbox.woocommerce.order_json import order_object
from tests.sandbox.caller import Caller

CASES = {
    "1": ("103.88", "5.88"),
    "2": ("29.97", "5.00"),
    "3": ("118.30", "8.30"),
    "4": ("103.88", "5.88"),
    "5": ("103.88", "5.88"),
    "6": ("53.00", "3.00"),
    "7": ("53.00", "3.00"),
    "8": ("63.60", "3.60"),
    "9": ("0.00", "0.00"),
    "10-jpy": ("3240.00", "295.00"),
    "10-kwd": ("12.35", "0.59"),
    "11": ("103.88", "5.88"),
    "12": ("103.88", "5.88"),
    "13": ("103.88", "5.88"),
    "14": ("53.00", "3.00"),
}


def test_every_case_has_its_amounts(busy_shop: Caller) -> None:
    cases = busy_shop.sandbox.cases

    served = {name: busy_shop.get(f"/orders/{order_id}") for name, order_id in cases.items()}

    assert {name: (o["total"], o["total_tax"]) for name, o in served.items()} == CASES
    assert busy_shop.get(f"/orders/{cases['10-kwd']}", dp=3)["total"] == "12.345"
    assert served["8"]["date_paid_gmt"] == "2026-03-09T16:30:00"
    assert served["5"]["status"] == "refunded"
    assert served["9"]["payment_method"] == ""


@pytest.mark.parametrize("case", sorted(set(CASES) - {"2", "10-jpy"}))
def test_the_lines_of_a_case_add_up_to_its_total(busy_shop: Caller, case: str) -> None:
    order = busy_shop.get(f"/orders/{busy_shop.sandbox.cases[case]}", dp=3)

    parts = [
        Decimal(line["total"])
        for key in ("line_items", "shipping_lines", "fee_lines")
        for line in order[key]
    ]
    assert sum(parts, Decimal(order["total_tax"])) == Decimal(order["total"])


def test_the_taxes_of_a_case_are_the_taxes_of_its_lines(busy_shop: Caller) -> None:
    for case in sorted(set(CASES) - {"2"}):
        order = busy_shop.get(f"/orders/{busy_shop.sandbox.cases[case]}", dp=3)
        taxes = [
            Decimal(line["total_tax"])
            for key in ("line_items", "shipping_lines", "fee_lines")
            for line in order[key]
        ]
        assert sum(taxes) == Decimal(order["total_tax"]), case


def test_generated_orders_hold_the_money_identity_to_the_cent() -> None:
    sandbox = open_sandbox(orders=400)
    try:
        for order in sandbox.store.orders.values():
            if order.id in sandbox.cases.values():
                continue
            served = order_object(sandbox.store, order, 2)
            parts = [
                Decimal(line["total"])
                for key in ("line_items", "shipping_lines", "fee_lines")
                for line in served[key]
            ]
            assert sum(parts, Decimal(served["total_tax"])) == Decimal(served["total"]), order.id
    finally:
        sandbox.stop()


def test_the_later_acts_of_two_cases(busy_shop: Caller) -> None:
    sandbox = busy_shop.sandbox

    sandbox.play("6", at=datetime(2026, 3, 6, 16, 10, tzinfo=UTC))
    sandbox.play("7")

    edited = busy_shop.get(f"/orders/{sandbox.cases['6']}")
    line = edited["line_items"][0]
    assert (line["subtotal"], line["total"], line["quantity"]) == ("100.00", "80.00", 2)
    assert (edited["total"], edited["total_tax"]) == ("84.80", "4.80")
    assert edited["date_modified_gmt"] == "2026-03-06T16:10:00"
    assert busy_shop.get(f"/orders/{sandbox.cases['7']}")["status"] == "cancelled"
    with pytest.raises(LookupError):
        sandbox.play("1")


def test_the_same_seed_gives_the_same_orders_and_another_one_others() -> None:
    worlds = []
    for seed in (1, 1, 2):
        sandbox = open_sandbox(orders=60, seed=seed)
        store = sandbox.store
        store.home = "http://shop.example"
        worlds.append([order_object(store, order, 2) for order in store.orders.values()])
        worlds[-1].append(store.product("MUG-TEHTARIK"))
        sandbox.stop()

    assert worlds[0] == worlds[1]
    assert worlds[0] != worlds[2]


def test_the_mix_has_everything_a_back_office_meets() -> None:
    sandbox = open_sandbox(orders=1500)
    orders = list(sandbox.store.orders.values())
    sandbox.stop()

    statuses = Counter(order.status for order in orders)
    gateways = Counter(order.payment_method for order in orders)
    assert set(statuses) >= {
        "pending",
        "processing",
        "on-hold",
        "completed",
        "cancelled",
        "refunded",
        "failed",
        "awaiting-pickup",
    }
    assert set(gateways) >= {"stripe", "ppcp-gateway", "cod", "bacs"}
    assert any(order.parent_id for order in orders)
    assert any(order.coupons for order in orders)
    assert any(len({tax.rate_id for tax in order.taxes}) == 2 for order in orders)
    assert any(refund.lines for order in orders for refund in order.refunds)
    assert any(not refund.lines for order in orders for refund in order.refunds)
    assert any(not order.billing["first_name"].isascii() for order in orders)
    assert any(entry.key == "_gift_message" for order in orders for entry in order.meta)


@pytest.mark.parametrize(("count", "cases"), [(0, 0), (5, 5), (15, 15), (40, 15)])
def test_as_many_orders_as_asked_for_the_cases_first(count: int, cases: int) -> None:
    with open_sandbox(https=True, orders=count) as sandbox:
        caller = Caller(sandbox)
        total = caller.call("GET", "/orders").headers["X-WP-Total"]
        caller.close()

    assert (total, len(sandbox.cases)) == (str(count), cases)


def test_no_seeded_order_lies_before_the_start_or_after_now() -> None:
    now = datetime(2026, 5, 1, tzinfo=UTC)
    sandbox = open_sandbox(orders=200, now=now)
    orders = list(sandbox.store.orders.values())
    sandbox.stop()

    assert min(order.created for order in orders) > ORDERS_FROM.timestamp()
    assert max(order.modified for order in orders) <= now.timestamp()


def test_the_shelves_the_mapping_and_the_listings_fit_together() -> None:
    with open_sandbox(https=True, products=3) as sandbox:
        caller = Caller(sandbox)
        listings = set()
        for product in caller.get("/products", per_page=100):
            own = product["variations"]
            listings |= {f"{product['id']}:{v}" for v in own} if own else {str(product["id"])}
        caller.close()
    mapped, stocked = sandbox.mapping_rows(), {sku for sku, _, _ in sandbox.stock_rows()}

    assert {row["listing_id"] for row in mapped} == listings
    assert {row["sku"] for row in mapped if not row["ignore"]} == stocked
    kit = [row for row in mapped if row["listing_sku"] == "GIFT-KOPITIAM"]
    assert [(row["sku"], row["quantity"]) for row in kit] == [
        ("MUG-TEHTARIK", "2"),
        ("COASTER-KOPI", "1"),
    ]


def test_the_declaration_names_the_store_and_its_keys() -> None:
    with open_sandbox(currency="SGD", timezone="Asia/Singapore") as sandbox:
        declared = sandbox.declaration("main")

    assert declared["url"] == sandbox.url
    assert (declared["currency"], declared["timezone"]) == ("SGD", "Asia/Singapore")
    assert declared["credentials"]["consumer_key"].startswith("ck_")
    assert declared["integration"] == {"orders_from": "2026-01-01T00:00:00Z"}


def test_five_thousand_orders_are_there_in_seconds_and_pages_in_milliseconds() -> None:
    start = perf_counter()
    with open_sandbox(https=True, orders=5000) as sandbox:
        seeded = perf_counter() - start
        caller = Caller(sandbox)
        caller.get("/orders", per_page=100, orderby="modified", order="asc")
        start = perf_counter()
        caller.get("/orders", per_page=100, orderby="modified", order="asc")
        page = perf_counter() - start
        caller.close()

    assert seeded < 10
    assert page < 0.5


def test_the_shop_can_be_on_the_older_version() -> None:
    with open_sandbox(https=True, version="9.9.5", with_cases=True) as sandbox:
        caller = Caller(sandbox)
        order = caller.get(f"/orders/{sandbox.cases['5']}")
        refused = caller.error("GET", "/variations")
        status = caller.get("/system_status", _fields="environment.version")
        caller.close()

    assert status == {"environment": {"version": "9.9.5"}}
    assert order["version"] == "9.9.5"
    assert [sorted(refund) for refund in order["refunds"]] == [["id", "reason", "total"]] * 2
    assert refused == (404, "rest_no_route")
    with pytest.raises(ValueError, match=r"9\.9\.5 or 11\.0\.1"):
        open_sandbox(version="3.0")


def test_no_seeded_stock_item_is_oversold_by_many_orders() -> None:
    sandbox = open_sandbox(orders=3000)
    left = [product.stock for product in sandbox.store.products.values() if product.manage_stock]
    sandbox.stop()

    assert min(stock for stock in left if stock is not None) >= 0
