"""Orders, refunds and the catalogue, read from a store over a socket."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from platforms import registry
from platforms.base import FetchedOrder, RemoteListing, StockKeeping, StoreFacts, StoreTerms
from platforms.errors import NotFound
from platforms.sandbox.woocommerce import OrderStorage, Returned, Sandbox, Sold, open_sandbox
from tests.platforms.scripted import Asked, response, scripted
from tests.platforms.woo_store import connect_to, connected
from tests.unit.platforms.woo_payloads import captured, captured_json

WOO = registry.get("woocommerce")
START = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
NEW = StoreFacts(digits=2, has_refund_list=True, has_variation_list=True)
OLD = StoreFacts(digits=2, has_refund_list=False, has_variation_list=False)


def an_order(sandbox: Sandbox, **given: Any) -> int:
    mug = sandbox.store.add_product("Mug", price="10.00", stock=100)
    return sandbox.store.place_order(lines=[Sold(product=mug, quantity=3)], **given)


def opened(found: FetchedOrder) -> Any:
    return WOO.open_order(found, StoreTerms(digits=2)).order


def test_one_order_comes_with_its_refunds() -> None:
    with open_sandbox() as sandbox:
        order = an_order(sandbox)
        given_back = sandbox.store.refund(order, amount="4.00", reason="broken")

        found = connected(sandbox, NEW).order_by_id(str(order))

    (refund,) = opened(found).refunds
    assert (refund.remote_id, refund.amount) == (str(given_back), Decimal("4.00"))
    assert found.has_details


@pytest.mark.parametrize("remote_id", ["999999", "x", "", "1/refunds", "-1"])
def test_an_order_that_does_not_exist_is_not_found(remote_id: str) -> None:
    with open_sandbox() as sandbox, pytest.raises(NotFound) as caught:
        connected(sandbox).order_by_id(remote_id)

    assert caught.value.code == "order_deleted"


def test_a_deleted_order_is_not_found_and_a_trashed_one_is() -> None:
    with open_sandbox() as sandbox:
        trashed, deleted = an_order(sandbox), an_order(sandbox)
        sandbox.store.trash(trashed)
        sandbox.store.force_delete(deleted)
        store = connected(sandbox)

        assert opened(store.order_by_id(str(trashed))).status == "trash"
        with pytest.raises(NotFound):
            store.order_by_id(str(deleted))


def test_an_order_is_found_by_the_number_people_know() -> None:
    with open_sandbox() as sandbox:
        order = an_order(sandbox)
        store = connected(sandbox)

        assert store.order_by_number(str(order)).remote_id == str(order)
        assert store.order_by_number(f" #{order} ").remote_id == str(order)
        with pytest.raises(NotFound, match="no order with the number"):
            store.order_by_number("SO-77")


def test_orders_by_id_are_those_that_the_list_shows() -> None:
    with open_sandbox() as sandbox:
        orders = [an_order(sandbox) for _ in range(120)]
        sandbox.store.trash(orders[0])
        store = connected(sandbox)

        found = store.orders_by_id([*map(str, orders), "999999"])

        assert {order.remote_id for order in found} == set(map(str, orders[1:]))
        assert store.requests == 2


def test_orders_placed_between_two_moments_come_whatever_changed_since() -> None:
    with open_sandbox() as sandbox:
        orders = [an_order(sandbox, at=START + timedelta(hours=hour)) for hour in range(6)]
        sandbox.store.set_status(orders[2], "completed")
        store = connected(sandbox)

        def between(first: int, last: int | None) -> list[str]:
            until = None if last is None else START + timedelta(hours=last)
            pages = store.orders_placed(since=START + timedelta(hours=first), until=until)
            return [order.remote_id for page in pages for order in page.orders]

        assert between(1, 4) == list(map(str, orders[1:4]))
        assert between(4, None) == list(map(str, orders[4:]))


@pytest.mark.parametrize("facts", [NEW, OLD], ids=["one list", "order by order"])
def test_refunds_come_with_every_order_asked_for(facts: StoreFacts) -> None:
    with open_sandbox() as sandbox:
        orders = [an_order(sandbox) for _ in range(5)]
        first = sandbox.store.refund(orders[1], amount="1.00")
        second = sandbox.store.refund(orders[1], amount="2.00")
        third = sandbox.store.refund(orders[4], amount="3.00")
        store = connected(sandbox, facts)
        (page,) = store.changed_orders(since=None)
        before = store.requests

        found = {order.remote_id: order for order in store.with_details(page.orders)}
        cost = store.requests - before

    given_back = {
        remote_id: [refund.remote_id for refund in opened(order).refunds]
        for remote_id, order in found.items()
    }
    assert given_back == {
        str(orders[0]): [],
        str(orders[1]): [str(first), str(second)],
        str(orders[2]): [],
        str(orders[3]): [],
        str(orders[4]): [str(third)],
    }
    assert cost == (1 if facts.has_refund_list else 5)


def test_both_lists_of_refunds_give_one_digest() -> None:
    with open_sandbox() as sandbox:
        order = an_order(sandbox)
        sandbox.store.refund(order, amount="1.00", lines=[])
        sandbox.store.refund(order, amount="2.00")
        (page,) = connected(sandbox).changed_orders(since=None)
        both = [*page.orders, *page.orders]

        (by_list, _) = connected(sandbox, NEW).with_details(both)
        (by_order, _) = connected(sandbox, OLD).with_details(both)

    assert by_list.details_digest == by_order.details_digest != b""


def test_more_refunds_than_a_page_are_all_read() -> None:
    with open_sandbox() as sandbox:
        order = an_order(sandbox)
        for _ in range(205):
            sandbox.store.refund(order, amount="0.01")

        found = connected(sandbox, OLD).order_by_id(str(order))

    assert found.details is not None
    assert len(found.details) == len(set(found.details)) == 205


def test_a_store_that_lost_its_list_of_refunds_is_asked_order_by_order() -> None:
    with open_sandbox() as sandbox:
        sandbox.store.configure(shop_wide_refunds=False)
        orders = [an_order(sandbox), an_order(sandbox)]
        sandbox.store.refund(orders[0], amount="1.00")
        store = connected(sandbox, NEW)
        (page,) = store.changed_orders(since=None)

        found = store.with_details(page.orders)

        assert sum(len(order.details or ()) for order in found) == 1
        assert list(store.detail_news(START)) == []


def test_refunds_are_heard_of_by_themselves() -> None:
    with open_sandbox() as sandbox:
        order = an_order(sandbox)
        old = sandbox.store.refund(order, amount="1.00", at=START)
        new = sandbox.store.refund(order, amount="1.00", at=START + timedelta(hours=2))
        store = connected(sandbox, NEW)

        notices = list(store.detail_news(START + timedelta(hours=2)))
        everything = list(store.detail_news(START))

    assert [each.mark for each in everything] == [str(old), str(new)]
    (notice,) = notices
    assert (notice.mark, notice.order_remote_id) == (str(new), str(order))


def test_a_refund_deleted_in_the_store_is_gone_from_the_order() -> None:
    with open_sandbox() as sandbox:
        order = an_order(sandbox)
        given_back = sandbox.store.refund(order, amount="1.00")
        store = connected(sandbox, NEW)
        before = store.order_by_id(str(order))
        sandbox.store.delete_refund(given_back)

        after = store.order_by_id(str(order))

    assert before.details_digest != after.details_digest
    assert opened(after).refunds == ()


@pytest.mark.parametrize("storage", list(OrderStorage))
def test_a_change_of_meta_changes_the_digest_in_both_storages(storage: OrderStorage) -> None:
    with open_sandbox() as sandbox:
        sandbox.store.configure(order_storage=storage)
        order = an_order(sandbox)
        store = connected(sandbox)
        before = store.order_by_id(str(order))
        sandbox.store.advance(5)
        sandbox.store.set_meta(order, "_stripe_fee", "0.61", bump=False)

        after = store.order_by_id(str(order))

    assert before.digest != after.digest
    assert opened(after).fee.amount == Decimal("0.61")


def test_a_refunded_line_is_read_with_its_pieces() -> None:
    with open_sandbox() as sandbox:
        order = an_order(sandbox)
        line = sandbox.store.order(order)["line_items"][0]["id"]
        sandbox.store.refund(order, lines=[Returned(id=line, quantity=2, total="20.00")])

        found = opened(connected(sandbox, NEW).order_by_id(str(order)))

    (taken,) = found.refunds[0].lines
    assert (taken.remote_line_id, taken.quantity, taken.total) == (str(line), 2, Decimal("20.00"))


def listings(sandbox: Sandbox, facts: StoreFacts) -> dict[str, RemoteListing]:
    pages = list(connected(sandbox, facts).catalogue())
    found = [listing for page in pages for listing in page]
    assert len({listing.key for listing in found}) == len(found)
    return {listing.key: listing for listing in found}


@pytest.mark.parametrize("facts", [NEW, OLD], ids=["one list", "parent by parent"])
def test_the_catalogue_lists_what_can_be_sold(facts: StoreFacts) -> None:
    with open_sandbox() as sandbox:
        mug = sandbox.store.add_product("Fish &amp; Mug", price="24.50", sku="MUG", stock=7)
        loose = sandbox.store.add_product("Spoon", price="", stock=None)
        tee, (red, blue) = sandbox.store.add_variable(
            "Tee", options={"Colour": ["Red", "Blue"]}, price="50.00", sku="TEE", stock=4
        )
        scarf, (gold,) = sandbox.store.add_variable(
            "Scarf",
            options={"Colour": ["Gold"]},
            price="9.00",
            sku="SCARF",
            stock=3,
            parent_manages=True,
        )

        found = listings(sandbox, facts)

    mug_found = found[str(mug)]
    assert (mug_found.name, mug_found.sku, mug_found.price) == (
        "Fish & Mug",
        "MUG",
        Decimal("24.50"),
    )
    assert (mug_found.stock_keeping, mug_found.quantity) == (StockKeeping.OWN, 7)
    assert (found[str(loose)].stock_keeping, found[str(loose)].quantity) == (
        StockKeeping.NONE,
        None,
    )
    assert found[str(loose)].price is None
    assert found[f"{tee}:{red}"].name == "Tee – Red"
    assert found[f"{tee}:{blue}"].parent_key == str(tee)
    assert found[f"{tee}:{blue}"].quantity == 4
    assert found[f"{scarf}:{gold}"].stock_keeping is StockKeeping.PARENT
    assert str(tee) not in found
    assert str(scarf) not in found


@pytest.mark.parametrize("facts", [NEW, OLD], ids=["one list", "parent by parent"])
def test_a_large_catalogue_is_read_whole_while_products_go(facts: StoreFacts) -> None:
    with open_sandbox() as sandbox:
        products = [sandbox.store.add_product(f"P{number}", price="1.00") for number in range(250)]
        pages = connected(sandbox, facts).catalogue()
        found = {listing.key for listing in next(pages)}
        for product in products[:4]:
            sandbox.store.delete_product(product)
        found |= {listing.key for page in pages for listing in page}

    assert set(map(str, products)) <= found


def test_a_store_that_lost_its_list_of_variations_is_asked_parent_by_parent() -> None:
    with open_sandbox() as sandbox:
        tee, (red,) = sandbox.store.add_variable(
            "Tee", options={"Colour": ["Red"]}, price="50.00", sku="TEE", stock=4
        )
        sandbox.store.configure(shop_wide_variations=False)

        assert f"{tee}:{red}" in listings(sandbox, NEW)


def test_trashed_products_are_no_listings() -> None:
    with open_sandbox() as sandbox:
        mug = sandbox.store.add_product("Mug", price="1.00")
        tee, (red,) = sandbox.store.add_variable(
            "Tee", options={"Colour": ["Red"]}, price="50.00", sku="TEE", stock=4
        )
        before = set(listings(sandbox, NEW))
        sandbox.store.delete_product(mug, trash=True)
        sandbox.store.delete_product(tee, trash=True)

        assert before - set(listings(sandbox, NEW)) == {str(mug), f"{tee}:{red}"}


def test_the_captured_catalogue_of_a_real_store_is_read() -> None:
    def script(asked: Asked) -> bytes:
        if asked.path.endswith("/products"):
            return response(captured("192-products-page1"))
        is_tee = asked.path.endswith("/products/28/variations")
        return response(captured("196-variations-list") if is_tee else b"[]")

    with scripted(script) as server:
        (page,) = connect_to(server.url, OLD).catalogue()

    found = {listing.key: listing for listing in page}
    by_sku = {listing.sku: listing for listing in page}
    served = {row["id"]: row for row in captured_json("192-products-page1")}
    assert {key for key in found if ":" not in key} == {
        str(number) for number, row in served.items() if row["type"] != "variable"
    }
    assert by_sku["VTEE-L-BLUE"].name == "Variable Tee – L, Blue"
    assert by_sku["VTEE-L-BLUE"].price == Decimal("21.00")


@pytest.mark.parametrize(
    ("row", "keeping", "quantity"),
    [
        ({"type": "grouped", "manage_stock": True, "stock_quantity": 5}, StockKeeping.NONE, None),
        ({"type": "external", "manage_stock": False}, StockKeeping.NONE, None),
        ({"type": "simple", "manage_stock": True, "stock_quantity": 7.5}, StockKeeping.OWN, 7),
        ({"type": "simple", "manage_stock": True, "stock_quantity": -2}, StockKeeping.OWN, -2),
        ({"type": "subscription", "manage_stock": True, "stock_quantity": 1}, StockKeeping.OWN, 1),
    ],
)
def test_what_keeps_no_stock_of_its_own_is_listed_without(
    row: dict[str, Any], keeping: StockKeeping, quantity: int | None
) -> None:
    body = json.dumps([{"id": 5, "name": "X", "sku": None, "price": "", **row}])

    with scripted(lambda asked: response(body)) as server:
        ((listing,),) = connect_to(server.url, OLD).catalogue()

    assert (listing.stock_keeping, listing.quantity) == (keeping, quantity)
    assert (listing.sku, listing.price) == ("", None)
