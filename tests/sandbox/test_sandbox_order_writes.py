"""Writing orders: merging, statuses, lines, trash, notes, tracking, batches."""

from typing import Any

import pytest

from platforms.sandbox.woocommerce import Sold
from tests.sandbox.caller import Caller


def _place(shop: Caller, **changes: Any) -> int:
    changes.setdefault("lines", [Sold(product="MUG-TEHTARIK", quantity=4)])
    return shop.sandbox.store.place_order(**changes)


def test_a_put_changes_what_was_sent_and_nothing_else(shop: Caller) -> None:
    order_id = _place(shop, customer_note="before")
    before = shop.get(f"/orders/{order_id}")

    after = shop.put(f"/orders/{order_id}", customer_note="after", transaction_id="t1")

    changed = {key for key in before if before[key] != after[key]}
    assert changed <= {"customer_note", "transaction_id", "date_modified", "date_modified_gmt"}
    assert after["customer_note"] == "after"


def test_completing_sets_its_date_and_repeating_it_is_harmless(shop: Caller) -> None:
    order_id = _place(shop)

    first = shop.put(f"/orders/{order_id}", status="completed")
    shop.sandbox.store.advance(100)
    second = shop.put(f"/orders/{order_id}", status="completed")

    assert first["date_completed_gmt"]
    assert second["date_completed_gmt"] == first["date_completed_gmt"]


def test_cash_on_delivery_is_paid_when_it_is_completed(shop: Caller) -> None:
    order_id = _place(shop, payment_method="cod")
    assert shop.get(f"/orders/{order_id}")["date_paid_gmt"] is None

    completed = shop.put(f"/orders/{order_id}", status="completed")

    assert completed["date_paid_gmt"] == completed["date_completed_gmt"]


def test_set_paid_completes_the_payment(shop: Caller) -> None:
    body = {"line_items": [{"product_id": 15, "quantity": 1}], "set_paid": True}

    order = shop.post("/orders", payment_method="bacs", **body)

    assert (order["status"], order["created_via"]) == ("processing", "rest-api")
    assert order["date_paid_gmt"] == order["date_created_gmt"]


@pytest.mark.parametrize("status", ["trash", "wc-completed", "shipped"])
def test_a_status_that_does_not_exist_is_refused(shop: Caller, status: str) -> None:
    order_id = _place(shop)

    refused = shop.error("PUT", f"/orders/{order_id}", json={"status": status})

    assert refused == (400, "rest_invalid_param")


def test_in_a_batch_a_status_that_does_not_exist_silently_means_pending(shop: Caller) -> None:
    order_id = _place(shop)
    stock = shop.sandbox.store.find_product("MUG-TEHTARIK").stock or 0

    (served,) = shop.post("/orders/batch", update=[{"id": order_id, "status": "shipped"}])["update"]

    assert served["status"] == "pending"
    assert shop.sandbox.store.find_product("MUG-TEHTARIK").stock == stock + 4


def test_in_a_batch_half_a_piece_is_one_with_the_total_of_one_and_a_half(shop: Caller) -> None:
    lines = [{"product_id": 15, "quantity": 1.5}]

    (served,) = shop.post("/orders/batch", create=[{"line_items": lines}])["create"]

    assert (served["line_items"][0]["quantity"], served["line_items"][0]["total"]) == (1, "74.85")


def test_a_quantity_alone_leaves_the_total_and_shrinks_the_price(shop: Caller) -> None:
    order_id = _place(shop)
    line = shop.get(f"/orders/{order_id}")["line_items"][0]

    edited = shop.put(f"/orders/{order_id}", line_items=[{"id": line["id"], "quantity": 8}])

    assert (edited["line_items"][0]["total"], edited["line_items"][0]["price"]) == ("98.00", 12.25)


@pytest.mark.parametrize("nothing", [0, None])
def test_quantity_zero_or_null_removes_the_line(shop: Caller, nothing: int | None) -> None:
    order_id = _place(shop)
    line = shop.get(f"/orders/{order_id}")["line_items"][0]

    edited = shop.put(
        f"/orders/{order_id}",
        line_items=[{"id": line["id"], "quantity": nothing}, {"product_id": 15, "quantity": 1}],
    )

    assert [item["product_id"] for item in edited["line_items"]] == [15]
    assert edited["total"] == "52.89"
    assert shop.sandbox.store.find_product("MUG-TEHTARIK").stock == 5000


def test_a_line_of_another_order_is_refused(shop: Caller) -> None:
    order_id = _place(shop)

    refused = shop.error(
        "PUT", f"/orders/{order_id}", json={"line_items": [{"id": 999, "quantity": 1}]}
    )

    assert refused == (400, "woocommerce_rest_invalid_item_id")


def test_meta_is_updated_by_key_added_and_deleted_and_scalars_become_text(shop: Caller) -> None:
    order_id = _place(shop, meta={"_kept": "1", "_gone": "2"})
    sent = [
        {"key": "_kept", "value": 5},
        {"key": "_gone", "value": None},
        {"key": "_flag", "value": True},
        {"key": "_object", "value": {"a": [1, 2.5]}},
    ]

    served = shop.put(f"/orders/{order_id}", meta_data=sent)

    meta = {entry["key"]: entry["value"] for entry in served["meta_data"]}
    assert meta == {"_kept": "5", "_flag": "1", "_object": {"a": [1, 2.5]}}


def test_a_fee_below_zero_takes_off_at_most_the_goods(shop: Caller) -> None:
    order_id = _place(shop, lines=[Sold(product="COASTER-KOPI")])

    served = shop.put(f"/orders/{order_id}", fee_lines=[{"name": "Rebate", "total": "-50.00"}])

    assert (served["fee_lines"][0]["total"], served["total"]) == ("-18.00", "0.00")


def test_trash_keeps_the_order_until_it_is_forced(shop: Caller) -> None:
    order_id = _place(shop)

    binned = shop.call("DELETE", f"/orders/{order_id}").json()
    again = shop.error("DELETE", f"/orders/{order_id}")
    gone = shop.call("DELETE", f"/orders/{order_id}?force=true").json()

    assert binned["status"] == "processing"
    assert again == (410, "woocommerce_rest_already_trashed")
    assert gone["status"] == "trash"
    assert shop.error("GET", f"/orders/{order_id}") == (
        404,
        "woocommerce_rest_shop_order_invalid_id",
    )


def test_a_status_takes_an_order_out_of_the_trash(shop: Caller) -> None:
    order_id = _place(shop)
    shop.call("DELETE", f"/orders/{order_id}")

    served = shop.put(f"/orders/{order_id}", status="processing")

    assert served["status"] == "processing"
    assert [order["id"] for order in shop.get("/orders")] == [order_id]


@pytest.mark.parametrize(
    "how", [{"headers": {"X-HTTP-Method-Override": "PUT"}}, {"params": {"_method": "PUT"}}]
)
def test_a_post_can_stand_for_a_put(shop: Caller, how: dict[str, Any]) -> None:
    order_id = _place(shop)

    answer = shop.call("POST", f"/orders/{order_id}", json={"status": "completed"}, **how)

    assert answer.json()["status"] == "completed"


def test_lines_read_their_sku_live_and_lose_it_with_the_product(shop: Caller) -> None:
    store = shop.sandbox.store
    order_id = _place(shop)

    store.rename_sku("MUG-TEHTARIK", "MUG-2")
    renamed = shop.get(f"/orders/{order_id}")["line_items"][0]
    store.delete_product("MUG-2", trash=True)
    trashed = shop.get(f"/orders/{order_id}")["line_items"][0]
    store.delete_product("MUG-2")
    gone = shop.get(f"/orders/{order_id}")["line_items"][0]

    assert renamed["sku"] == trashed["sku"] == "MUG-2"
    assert (gone["product_id"], gone["sku"], gone["name"]) == (0, None, "Teh Tarik Mug")


def test_a_variation_without_sku_shows_its_parents(shop: Caller) -> None:
    scarf = shop.get("/products", sku="SCARF")[0]

    order_id = _place(shop, lines=[Sold(product=scarf["variations"][0])])

    line = shop.get(f"/orders/{order_id}")["line_items"][0]
    assert (line["sku"], line["name"]) == ("SCARF", "Songket Scarf - Gold")
    assert line["meta_data"][0]["key"] == "colour"


def test_notes_come_newest_first_and_do_not_move_the_date(shop: Caller) -> None:
    order_id = _place(shop)
    before = shop.get(f"/orders/{order_id}")["date_modified_gmt"]
    shop.sandbox.store.advance(100)

    shop.post(f"/orders/{order_id}/notes", note="packed")
    told = shop.post(f"/orders/{order_id}/notes", note="on its way", customer_note=True)

    notes = shop.get(f"/orders/{order_id}/notes")
    assert [note["note"] for note in notes[:2]] == ["on its way", "packed"]
    assert shop.get(f"/orders/{order_id}/notes", type="customer") == [told]
    assert shop.get(f"/orders/{order_id}")["date_modified_gmt"] == before
    assert shop.error("DELETE", f"/orders/{order_id}/notes/{told['id']}")[0] == 501
    assert shop.call("DELETE", f"/orders/{order_id}/notes/{told['id']}?force=true").json() == told


def test_tracking_needs_its_extension_and_does_not_complete_the_order(shop: Caller) -> None:
    order_id = _place(shop)
    path = f"/orders/{order_id}/shipment-trackings"
    root = "/wp-json/wc-shipment-tracking/v3"
    body = {
        "tracking_number": "MY123",
        "tracking_provider": "Pos Malaysia",
        "date_shipped": "2026-11-24",
    }
    assert shop.call("POST", path, root=root, json=body).status_code == 404

    shop.sandbox.store.configure(shipment_tracking=True)
    made = shop.call("POST", path, root=root, json=body)

    assert made.status_code == 201
    assert made.headers["Location"].endswith(made.json()["tracking_id"])
    assert made.json()["tracking_link"].endswith("track-trace=MY123")
    assert shop.call("GET", path, root=root).json() == [made.json()]
    one = f"{path}/{made.json()['tracking_id']}"
    assert shop.call("GET", one, root=root).json() == made.json()
    assert shop.call("DELETE", one, root=root).status_code == 200
    assert shop.call("GET", one, root=root).status_code == 404
    assert shop.get(f"/orders/{order_id}")["status"] == "processing"
    index = shop.call("GET", "/", root="/wp-json").json()
    assert "wc-shipment-tracking/v3" in index["namespaces"]


def test_options_name_the_shops_own_statuses_without_a_key(shop: Caller) -> None:
    answer = shop.call("OPTIONS", "/orders", auth=("", ""))

    enum = answer.json()["schema"]["properties"]["status"]["enum"]
    assert enum[-1] == "awaiting-pickup"
    assert {"modified_after", "dates_are_gmt"} <= set(answer.json()["endpoints"][0]["args"])


def test_the_erased_buyer_leaves_only_marks(shop: Caller) -> None:
    order_id = _place(shop, customer_note="my note")

    shop.sandbox.store.anonymise(order_id)

    order = shop.get(f"/orders/{order_id}")
    assert order["billing"]["first_name"] == "[deleted]"
    assert order["billing"]["email"] == "deleted@site.invalid"
    assert order["customer_note"] == ""
