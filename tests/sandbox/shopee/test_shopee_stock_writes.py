"""Stock is written absolutely, row by row, and refused in the store's many spellings."""

from typing import Any

import pytest

from platforms.sandbox.shopee import Sandbox
from tests.sandbox.shopee.caller import Caller

PATH = "/product/update_stock"


def row(pieces: object, model_id: int | None = None, location: str | None = None) -> dict[str, Any]:
    stock = {"stock": pieces} | ({"location_id": location} if location is not None else {})
    return {"seller_stock": [stock]} | ({} if model_id is None else {"model_id": model_id})


def ids(sandbox: Sandbox, sku: str) -> tuple[int, int]:
    item, model = sandbox.store.products.find(sku)
    return item.item_id, model.model_id


def refusal(shop: Caller, item_id: int, *rows: object) -> tuple[str, str]:
    return shop.refused("POST", PATH, item_id=item_id, stock_list=list(rows))


@pytest.mark.parametrize("model_id", [0, None])
def test_a_number_replaces_what_there_was(
    sandbox: Sandbox, shop: Caller, model_id: int | None
) -> None:
    mug, _ = ids(sandbox, "MUG-TEHTARIK")

    shop.post(PATH, item_id=mug, stock_list=[row(3, model_id)])
    written = shop.post(PATH, item_id=mug, stock_list=[row(41, model_id)])

    assert written == {
        "success_list": [{"model_id": 0, "location_id": "", "stock": 41}],
        "failure_list": [],
    }
    assert sandbox.store.products.stock("MUG-TEHTARIK") == 41


def test_some_rows_are_written_while_others_fail_and_nothing_says_so_at_the_top(
    sandbox: Sandbox, shop: Caller
) -> None:
    products = sandbox.store.products
    tee, red_s = ids(sandbox, "TEE-RED-S")
    _, red_m = ids(sandbox, "TEE-RED-M")
    products.start_promotion("TEE-RED-S", reserved=10)

    written = shop.post(PATH, item_id=tee, stock_list=[row(9, red_s), row(8, red_m)])

    assert [done["model_id"] for done in written["success_list"]] == [red_m]
    assert written["failure_list"] == [
        {"model_id": red_s, "failed_reason": "Total stock must be more than reserved stock."}
    ]
    assert (products.stock("TEE-RED-S"), products.stock("TEE-RED-M")) == (5000, 8)


def test_when_every_row_fails_the_refusal_carries_the_list(sandbox: Sandbox, shop: Caller) -> None:
    tee, red_s = ids(sandbox, "TEE-RED-S")
    sandbox.store.products.fail_next_write("TEE-RED-S", "Try again.")
    sent = {"item_id": tee, "stock_list": [row(5, red_s)]}

    envelope = shop.call("POST", PATH, body=sent).json()
    after = shop.post(PATH, **sent)

    assert envelope["error"] == "error_busi_update_stock_failed"
    assert envelope["response"] == {
        "success_list": [],
        "failure_list": [{"model_id": red_s, "failed_reason": "Try again."}],
    }
    assert after["failure_list"] == []


@pytest.mark.parametrize("code", ["error_auth", "error.param", "error_param"])
def test_less_than_a_promotion_holds_is_refused_in_three_spellings(
    sandbox: Sandbox, shop: Caller, code: str
) -> None:
    products = sandbox.store.products
    mug, _ = ids(sandbox, "MUG-TEHTARIK")
    products.start_promotion("MUG-TEHTARIK", reserved=10, says=code)

    error, message = refusal(shop, mug, row(9))
    shop.post(PATH, item_id=mug, stock_list=[row(10)])
    products.stop_promotion("MUG-TEHTARIK")
    shop.post(PATH, item_id=mug, stock_list=[row(1)])

    assert error == code
    assert "reserve" in message


@pytest.mark.parametrize(
    "code",
    [
        "error_cannt_edit_stock_in_promotion",
        "error_promotion_cantnot_update_stock",
        "error_model_update_stock_model_in_promotion",
    ],
)
def test_a_promotion_may_lock_the_stock_altogether(
    sandbox: Sandbox, shop: Caller, code: str
) -> None:
    tee, red_s = ids(sandbox, "TEE-RED-S")
    sandbox.store.products.start_promotion("TEE-RED-S", locked=True, says=code)

    assert refusal(shop, tee, row(6000, red_s))[0] == code


@pytest.mark.parametrize(
    ("switch", "code"),
    [
        ("holiday", "error_holiday_mode_change_stock"),
        ("warehouse_runs_it", "error_wms_shop_block_upate_stock"),
        ("penalise", "error_seller_under_penalty"),
    ],
)
def test_the_state_of_the_shop_stands_in_the_way_until_it_is_over(
    sandbox: Sandbox, shop: Caller, switch: str, code: str
) -> None:
    mug, _ = ids(sandbox, "MUG-TEHTARIK")
    turn = getattr(sandbox.store.products, switch)
    turn(True)

    error, _ = refusal(shop, mug, row(9))
    turn(False)
    shop.post(PATH, item_id=mug, stock_list=[row(9)])

    assert error == code


@pytest.mark.parametrize("status", ["BANNED", "SELLER_DELETE", "SHOPEE_DELETE"])
def test_banned_and_deleted_items_cannot_be_edited(
    sandbox: Sandbox, shop: Caller, status: str
) -> None:
    mug, _ = ids(sandbox, "MUG-TEHTARIK")
    sandbox.store.products.set_status("MUG-TEHTARIK", status)

    assert refusal(shop, mug, row(9))[0] == "error_item_uneditable"


def test_items_that_are_not_there_or_another_shops_are_told_apart(
    sandbox: Sandbox, shop: Caller
) -> None:
    sandbox.store.products.refusals.foreign_items.add(77)

    assert refusal(shop, 76, row(9))[0] == "error_item_not_found"
    assert refusal(shop, 77, row(9))[0] == "error_item_not_belong_shop"


def test_models_must_be_named_rightly_and_once(sandbox: Sandbox, shop: Caller) -> None:
    tee, red_s = ids(sandbox, "TEE-RED-S")

    assert refusal(shop, tee, row(9))[0] == "error_edit_item_stock_for_item_has_model"
    assert refusal(shop, tee, row(9, 5)) == ("error_param", "Wrong model_id.")
    assert refusal(shop, tee, row(9, red_s), row(8, red_s)) == ("error_param", "Repeat model_id.")


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [row(1, n) for n in range(51)],
        [row("5")],
        [row(True)],
        [row(-1)],
        [row(10_000_001)],
        [{}],
    ],
    ids=["none", "51", "text", "truth", "negative", "too many pieces", "no stock"],
)
def test_what_the_reference_does_not_allow_is_refused(
    sandbox: Sandbox, shop: Caller, rows: list[Any]
) -> None:
    mug, _ = ids(sandbox, "MUG-TEHTARIK")

    error, message = refusal(shop, mug, *rows)

    assert error == "error_param"
    assert message.startswith("Parameter is not match the constraints")
    assert sandbox.store.products.stock("MUG-TEHTARIK") == 5000


def test_a_shop_with_warehouses_wants_its_locations(sandbox: Sandbox, shop: Caller) -> None:
    mug, _ = ids(sandbox, "MUG-TEHTARIK")
    located = refusal(shop, mug, row(1, location="MYZ"))
    sandbox.store.products.open_warehouses(["MYZ", "SGZ"])
    both = {"model_id": 0, "seller_stock": [{"location_id": "MYZ", "stock": 3}]}
    both["seller_stock"].append({"location_id": "SGZ", "stock": 4})  # type: ignore[attr-defined]

    written = shop.post(PATH, item_id=mug, stock_list=[both])
    info = shop.get("/product/get_item_base_info", item_id_list=mug)["item_list"][0]

    assert located[0] == "error_param"
    assert refusal(shop, mug, row(1))[0] == "error_busi"
    assert refusal(shop, mug, row(1, location="XXZ")) == (
        "error_inner",
        "Invalid stock location ID",
    )
    assert [done["location_id"] for done in written["success_list"]] == ["MYZ", "SGZ"]
    assert info["stock_info_v2"]["summary_info"]["total_available_stock"] == 7


def test_a_refusal_that_passes_can_be_scripted(sandbox: Sandbox, shop: Caller) -> None:
    mug, _ = ids(sandbox, "MUG-TEHTARIK")
    sandbox.store.refuse(PATH, "error_system_busy", "please try later.", times=1)

    first = refusal(shop, mug, row(9))
    shop.post(PATH, item_id=mug, stock_list=[row(9)])

    assert first[0] == "error_system_busy"
