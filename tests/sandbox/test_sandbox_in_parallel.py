"""Several clients and the test itself at the same time: nothing is lost, nothing doubled."""

from concurrent.futures import ThreadPoolExecutor

from platforms.sandbox.woocommerce import Sandbox, Sold
from tests.sandbox.caller import Caller


def test_parallel_sales_and_writes_leave_the_right_stock(sandbox: Sandbox) -> None:
    store = sandbox.store
    before = store.find_product("MUG-TEHTARIK").stock or 0

    def sell_over_the_wire(_: int) -> None:
        caller = Caller(sandbox)
        for _ in range(5):
            lines = [{"product_id": store.find_product("MUG-TEHTARIK").id, "quantity": 1}]
            caller.post("/orders", line_items=lines, set_paid=True)
            caller.get("/orders", per_page=5)
        caller.close()

    def sell_in_the_shop(_: int) -> None:
        for _ in range(5):
            store.place_order(lines=[Sold(product="MUG-TEHTARIK")])

    with ThreadPoolExecutor(8) as pool:
        for future in [
            *(pool.submit(sell_over_the_wire, n) for n in range(4)),
            *(pool.submit(sell_in_the_shop, n) for n in range(4)),
        ]:
            future.result()

    assert store.find_product("MUG-TEHTARIK").stock == before - 40
    assert len(store.orders) == 40
    assert len({line.id for order in store.orders.values() for line in order.lines}) == 40
