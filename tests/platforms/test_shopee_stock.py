"""Quantities at Shopee: item by item, partial failures told one by one, in the store's words."""

from typing import Any

import pytest

from platforms.base import PushResult, StockLevel, StockOutcome
from platforms.errors import TryAgain
from platforms.shopee import stock
from tests.platforms.shopee_shop import client_of, shop

RED_S, RED_M = "TEE-RED-S", "TEE-RED-M"
BASKET, CUSHION = "BASKET-RATTAN", "CUSHION-BATIK"


def key(sandbox: Any, sku: str) -> str:
    item, model = sandbox.store.products.find(sku)
    return f"{item.item_id}:{model.model_id}" if model.model_id else str(item.item_id)


def level(sandbox: Any, sku: str, quantity: int) -> StockLevel:
    return StockLevel(listing_key=key(sandbox, sku), sku=sku, quantity=quantity)


def pushed(sandbox: Any, *levels: StockLevel) -> dict[str, StockOutcome]:
    client = client_of(sandbox)
    outcomes = [each for batch in stock.set_stock(client, levels) for each in batch]
    assert sorted(each.listing_key for each in outcomes) == sorted(
        each.listing_key for each in levels
    )
    return {each.listing_key: each for each in outcomes}


def test_all_models_of_an_item_go_in_one_call() -> None:
    with shop() as sandbox:
        found = pushed(
            sandbox,
            level(sandbox, RED_S, 3),
            level(sandbox, BASKET, 5),
            level(sandbox, RED_M, 4),
        )

        assert {each.result for each in found.values()} == {PushResult.CONFIRMED}
        assert found[key(sandbox, RED_M)].shown == 4
        assert sandbox.log.counts()["POST /product/update_stock"] == 2
        assert sandbox.store.products.stock(RED_S) == 3
        assert sandbox.store.products.stock(BASKET) == 5


def test_more_than_fifty_models_take_another_call() -> None:
    with shop() as sandbox:
        sizes = [f"S{number}" for number in range(60)]
        item_id = sandbox.store.products.add_item(
            "Socks", price="5", sku="SOCKS", options={"Size": sizes}
        )

        found = pushed(sandbox, *(level(sandbox, f"SOCKS-{size}", 9) for size in sizes))

        assert {each.result for each in found.values()} == {PushResult.CONFIRMED}
        assert all(each.startswith(f"{item_id}:") for each in found)
        assert sandbox.log.counts()["POST /product/update_stock"] == 2


def test_one_model_that_fails_is_refused_alone_though_the_error_is_empty() -> None:
    with shop() as sandbox:
        item, model = sandbox.store.products.find(RED_S)
        sandbox.store.products.refusals.fail_next(item.item_id, model.model_id, "Reason of the row")

        found = pushed(sandbox, level(sandbox, RED_S, 3), level(sandbox, RED_M, 4))

        refused = found[key(sandbox, RED_S)]
        assert (refused.result, refused.code) == (PushResult.REFUSED, "store_refused")
        assert refused.said == "Reason of the row"
        assert found[key(sandbox, RED_M)].result is PushResult.CONFIRMED


def test_all_rows_failing_are_told_from_the_answer_beside_the_error() -> None:
    with shop() as sandbox:
        item, model = sandbox.store.products.find(RED_S)
        sandbox.store.products.refusals.fail_next(item.item_id, model.model_id, "Reason of the row")

        found = pushed(sandbox, level(sandbox, RED_S, 3))

        assert found[key(sandbox, RED_S)].said == "Reason of the row"
        assert sandbox.log.counts()["POST /product/update_stock"] == 1


@pytest.mark.parametrize(
    "says", ["error_auth", "error.param", "error_param", "error_cannt_edit_stock_in_promotion"]
)
def test_a_promotion_refuses_its_own_model_and_not_its_siblings(says: str) -> None:
    with shop() as sandbox:
        sandbox.store.products.start_promotion(RED_S, reserved=10, says=says)

        found = pushed(sandbox, level(sandbox, RED_S, 3), level(sandbox, RED_M, 4))

        refused = found[key(sandbox, RED_S)]
        assert (refused.result, refused.code) == (PushResult.REFUSED, "store_refused")
        assert refused.said.startswith(f"{says}: ")
        assert found[key(sandbox, RED_M)].result is PushResult.CONFIRMED


@pytest.mark.parametrize(
    ("switch", "words"),
    [
        ("is_on_holiday", "holiday mode"),
        ("is_run_by_a_warehouse", "Warehouse shop"),
        ("is_under_penalty", "under penalty"),
    ],
)
def test_what_holds_the_whole_shop_is_told_for_each_listing_with_one_call(
    switch: str, words: str
) -> None:
    with shop() as sandbox:
        setattr(sandbox.store.products.refusals, switch, True)

        found = pushed(sandbox, level(sandbox, RED_S, 3), level(sandbox, RED_M, 4))

        assert {each.result for each in found.values()} == {PushResult.REFUSED}
        assert all(words in each.said for each in found.values())
        assert sandbox.log.counts()["POST /product/update_stock"] == 1


def test_a_banned_a_strange_and_an_unknown_item_are_refused_each_for_itself() -> None:
    with shop() as sandbox:
        sandbox.store.products.set_status(BASKET, "BANNED")
        unknown = StockLevel(listing_key="999999", sku="", quantity=1)
        strange = StockLevel(listing_key="5:x", sku="", quantity=1)
        no_such_model = StockLevel(
            listing_key=key(sandbox, RED_S).partition(":")[0] + ":77", sku="", quantity=1
        )

        found = pushed(
            sandbox,
            level(sandbox, BASKET, 5),
            unknown,
            strange,
            no_such_model,
            level(sandbox, RED_M, 4),
            level(sandbox, CUSHION, 6),
        )

        confirmed = {key(sandbox, RED_M), key(sandbox, CUSHION)}
        for listing_key, outcome in found.items():
            wanted = PushResult.CONFIRMED if listing_key in confirmed else PushResult.REFUSED
            assert outcome.result is wanted, outcome
            assert outcome.said or listing_key in confirmed


def test_a_shop_with_warehouses_is_asked_once_where_its_stock_is() -> None:
    with shop() as sandbox:
        sandbox.store.products.open_warehouses(["MYZ", "SGZ"])

        found = pushed(sandbox, level(sandbox, BASKET, 5), level(sandbox, CUSHION, 6))

        assert {each.result for each in found.values()} == {PushResult.CONFIRMED}
        _, basket = sandbox.store.products.find(BASKET)
        assert basket.stock["MYZ"] == 5
        counts = sandbox.log.counts()
        assert counts["GET /shop/get_warehouse_detail"] == 1
        assert counts["POST /product/update_stock"] == 3


@pytest.mark.parametrize("sku", [BASKET, RED_S])
def test_after_a_lost_answer_the_shop_is_asked_what_it_has(sku: str) -> None:
    with shop() as sandbox:
        sandbox.faults.once("lost", path="/product/update_stock")

        found = pushed(sandbox, level(sandbox, sku, 5))

        assert found[key(sandbox, sku)].result is PushResult.CONFIRMED
        assert sandbox.log.counts()["POST /product/update_stock"] == 1


def test_a_call_that_broke_before_it_was_done_is_unknown_and_not_confirmed() -> None:
    with shop() as sandbox:
        sandbox.store.refuse("/product/update_stock", "error_server", "Something wrong.")

        found = pushed(sandbox, level(sandbox, BASKET, 5))

        outcome = found[key(sandbox, BASKET)]
        assert (outcome.result, outcome.code) == (PushResult.UNKNOWN, "store_unreachable")
        assert outcome.shown == sandbox.store.products.stock(BASKET)


def test_a_store_that_is_busy_keeps_what_was_told_before() -> None:
    with shop() as sandbox:
        sandbox.store.refuse("/product/update_stock", "error_system_busy", "try later", skip=1)
        told: list[tuple[StockOutcome, ...]] = []

        with pytest.raises(TryAgain):
            told.extend(
                stock.set_stock(
                    client_of(sandbox), [level(sandbox, BASKET, 5), level(sandbox, CUSHION, 6)]
                )
            )

        assert [each.listing_key for (each,) in told] == [key(sandbox, BASKET)]
        assert sandbox.store.products.stock(BASKET) == 5
        assert sandbox.store.products.stock(CUSHION) != 6


def test_a_shop_that_does_not_tell_its_warehouses_is_refused_in_the_first_words() -> None:
    with shop() as sandbox:
        sandbox.store.refuse("/product/update_stock", "error_busi", "input location id", times=2)

        found = pushed(sandbox, level(sandbox, BASKET, 5))

        assert found[key(sandbox, BASKET)].said == "error_busi: input location id"
