"""What moves an order's `date_modified`, in both order storages."""

from collections.abc import Callable

import pytest

from platforms.sandbox.woocommerce import OrderStorage, Sold, StoreSettings, WooStore
from platforms.sandbox.woocommerce.order_writing import update

Act = Callable[[WooStore, int], object]


def _put(**sent: object) -> Act:
    return lambda store, order_id: update(store, store.orders[order_id], sent)


def _delete_refund(store: WooStore, order_id: int) -> None:
    store.delete_refund(store.orders[order_id].refunds[0].id)


ACTS: list[tuple[str, Act, bool, bool]] = [
    ("status change", _put(status="completed"), True, True),
    ("empty PUT", _put(), True, False),
    ("same status again", _put(status="processing"), True, False),
    ("PUT meta", _put(meta_data=[{"key": "_k", "value": "v"}]), True, False),
    ("PUT billing", _put(billing={"city": "Ipoh"}), True, False),
    ("PUT customer_note", _put(customer_note="ring twice"), True, True),
    ("plugin saves meta", lambda s, o: s.set_meta(o, "_fee", "1"), True, False),
    ("straight into the table", lambda s, o: s.set_meta(o, "_fee", "1", bump=False), False, False),
    ("a note", lambda s, o: s.note(s.orders[o], "packed"), False, False),
    ("a refund", lambda s, o: s.refund(o, amount="1"), True, True),
    ("a refund deleted", _delete_refund, False, False),
    ("trash", lambda s, o: s.trash(o), True, True),
    ("product renamed", lambda s, _: s.rename_sku("MUG", "CUP"), False, False),
]


@pytest.mark.parametrize("storage", list(OrderStorage))
@pytest.mark.parametrize(
    ("act", "hpos", "posts"), [row[1:] for row in ACTS], ids=[row[0] for row in ACTS]
)
def test_the_date_moves_as_in_the_real_store(
    storage: OrderStorage, act: Act, hpos: bool, posts: bool
) -> None:
    store = WooStore(StoreSettings(order_storage=storage))
    store.add_product("Mug", price="10", sku="MUG", stock=10)
    order_id = store.place_order(lines=[Sold(product="MUG", quantity=2)])
    store.refund(order_id, amount="2")
    before = store.orders[order_id].modified
    store.advance(100)

    act(store, order_id)

    moved = store.orders[order_id].modified != before
    assert moved is (hpos if storage is OrderStorage.HPOS else posts)


def test_a_line_edited_in_posts_storage_changes_the_total_without_a_trace_in_the_date() -> None:
    store = WooStore(StoreSettings(order_storage=OrderStorage.POSTS))
    store.add_product("Mug", price="10", sku="MUG", stock=10)
    order_id = store.place_order(lines=[Sold(product="MUG", quantity=2)])
    line_id = store.orders[order_id].lines[0].id
    before = store.order(order_id)
    store.advance(100)

    changed = {"id": line_id, "quantity": 1, "subtotal": "10.00", "total": "10.00"}
    update(store, store.orders[order_id], {"line_items": [changed]})

    after = store.order(order_id)
    assert (before["total"], after["total"]) == ("21.20", "10.60")
    assert before["date_modified_gmt"] == after["date_modified_gmt"]
