"""Quantities set in the store, and what the store made of them."""

import json
from datetime import UTC, datetime

import pytest

from platforms.base import PushResult, StockLevel, StockOutcome, Store
from platforms.errors import SiteRefused, TryAgain
from platforms.sandbox.woocommerce import Sandbox, Sold, open_sandbox
from tests.platforms.scripted import Asked, response, scripted
from tests.platforms.woo_store import connect_to, connected


def level(key: object, quantity: int = 7) -> StockLevel:
    return StockLevel(listing_key=str(key), sku="", quantity=quantity)


def pushed(store: Store, *levels: StockLevel) -> dict[str, StockOutcome]:
    outcomes = [outcome for batch in store.set_stock(levels) for outcome in batch]
    assert len(outcomes) == len(levels)
    return {outcome.listing_key: outcome for outcome in outcomes}


def quantity(sandbox: Sandbox, product: int) -> object:
    return sandbox.store.product(product)["stock_quantity"]


def test_a_set_quantity_is_confirmed_by_the_answer() -> None:
    with open_sandbox() as sandbox:
        mug = sandbox.store.add_product("Mug", price="1.00", stock=3)

        outcome = pushed(connected(sandbox), level(mug, 0))[str(mug)]

        assert (outcome.result, outcome.shown, outcome.code) == (PushResult.CONFIRMED, 0, "")
        assert quantity(sandbox, mug) == 0


def test_a_thousand_simple_products_go_in_ten_requests() -> None:
    with open_sandbox(products=1000) as sandbox:
        keys = [row for page in connected(sandbox).catalogue() for row in page]
        simple = [row.key for row in keys if row.sku.startswith("HOME-")][:1000]
        store = connected(sandbox)

        batches = list(store.set_stock([level(key, 5) for key in simple]))

        assert store.requests == 10
    assert [len(batch) for batch in batches] == [100] * 10
    assert {outcome.result for batch in batches for outcome in batch} == {PushResult.CONFIRMED}


def test_variations_go_through_their_parents() -> None:
    with open_sandbox() as sandbox:
        tee, (red, blue) = sandbox.store.add_variable(
            "Tee", options={"Colour": ["Red", "Blue"]}, price="9.00", sku="TEE", stock=1
        )
        cap, (one,) = sandbox.store.add_variable(
            "Cap", options={"Size": ["One"]}, price="9.00", sku="CAP", stock=1
        )
        store = connected(sandbox)

        found = pushed(
            store, level(f"{tee}:{red}", 4), level(f"{cap}:{one}", 5), level(f"{tee}:{blue}", 6)
        )

        assert {outcome.result for outcome in found.values()} == {PushResult.CONFIRMED}
        assert [quantity(sandbox, each) for each in (red, one, blue)] == [4, 5, 6]
        assert store.requests == 2


def test_a_silent_no_op_is_not_confirmed() -> None:
    with open_sandbox() as sandbox:
        loose = sandbox.store.add_product("Spoon", price="1.00", stock=None)
        scarf, (gold,) = sandbox.store.add_variable(
            "Scarf", options={"C": ["Gold"]}, price="9.00", sku="S", stock=7, parent_manages=True
        )
        parents = f"{scarf}:{gold}"

        found = pushed(connected(sandbox), level(loose), level(parents, 7))

    unmanaged, shared = found[str(loose)], found[parents]
    assert (unmanaged.result, unmanaged.shown) == (PushResult.NOT_CONFIRMED, None)
    # The parent's number happens to be the wanted one; it is still not the variation's.
    assert (shared.result, shared.shown) == (PushResult.NOT_CONFIRMED, 7)
    assert unmanaged.code == shared.code == "stock_not_managed"


def test_one_refused_item_does_not_stop_the_others() -> None:
    with open_sandbox() as sandbox:
        mug = sandbox.store.add_product("Mug", price="1.00", stock=3)
        tee, _ = sandbox.store.add_variable(
            "Tee", options={"C": ["Red"]}, price="9.00", sku="TEE", stock=1
        )

        found = pushed(connected(sandbox), level(999999), level(mug), level(f"{tee}:999998"))

    assert found[str(mug)].result is PushResult.CONFIRMED
    for key in ("999999", f"{tee}:999998"):
        assert (found[key].result, found[key].code) == (PushResult.REFUSED, "store_refused")
        assert found[key].said


@pytest.mark.parametrize(
    ("key", "amount"),
    [("mug", 1), ("12:13:14", 1), ("", 1), ("12:", 1), ("12", 2.5), ("12", True), ("12", None)],
)
def test_what_a_batch_would_bend_is_not_sent(key: str, amount: int) -> None:
    with open_sandbox() as sandbox:
        store = connected(sandbox)

        (outcome,) = pushed(store, level(key, amount)).values()

        assert (outcome.result, outcome.code) == (PushResult.REFUSED, "store_refused")
        assert store.requests == 0


def test_a_batch_whose_answer_is_lost_is_read_back() -> None:
    with open_sandbox() as sandbox:
        mugs = [sandbox.store.add_product(f"M{each}", price="1.00", stock=3) for each in range(3)]
        sandbox.faults.once("lost", method="POST", path="/products/batch")
        store = connected(sandbox)

        found = pushed(store, *(level(mug, 9) for mug in mugs))

        assert {outcome.result for outcome in found.values()} == {PushResult.CONFIRMED}
        assert {outcome.shown for outcome in found.values()} == {9}
        assert store.requests == 2


def test_a_batch_dropped_before_the_work_is_unknown_with_what_the_store_has() -> None:
    with open_sandbox() as sandbox:
        mug = sandbox.store.add_product("Mug", price="1.00", stock=3)
        tee, (red,) = sandbox.store.add_variable(
            "Tee", options={"C": ["Red"]}, price="9.00", sku="TEE", stock=4
        )
        sandbox.faults.once("drop", method="POST", path="*/batch", times=2)

        found = pushed(connected(sandbox), level(mug, 9), level(f"{tee}:{red}", 9))

    assert (found[str(mug)].result, found[str(mug)].shown) == (PushResult.UNKNOWN, 3)
    assert (found[f"{tee}:{red}"].result, found[f"{tee}:{red}"].shown) == (PushResult.UNKNOWN, 4)
    assert found[str(mug)].code == "store_unreachable"


def test_the_batch_after_a_lost_one_is_smaller() -> None:
    with open_sandbox(products=200) as sandbox:
        rows = [row for page in connected(sandbox).catalogue() for row in page]
        keys = [row.key for row in rows if row.sku.startswith("HOME-")][:200]
        sandbox.faults.once("lost", method="POST", path="/products/batch")

        batches = list(connected(sandbox).set_stock([level(key) for key in keys]))

    assert [len(batch) for batch in batches] == [100, 50, 50]


def test_a_store_gone_in_the_middle_leaves_the_rest_unsent() -> None:
    """The first batch gets no answer, and the store does not tell afterwards either."""
    sent: list[str] = []

    def script(asked: Asked) -> bytes | None:
        sent.append(asked.method)
        return None if asked.method == "POST" else response("", 500)

    with scripted(script) as server:
        batches = connect_to(server.url).set_stock([level(number) for number in range(1, 301)])
        first = next(batches)
        with pytest.raises(TryAgain):
            next(batches)

    assert {outcome.result for outcome in first} == {PushResult.UNKNOWN}
    assert len(first) == 100
    assert sent == ["POST", "GET"]


def test_a_store_that_asks_to_wait_ends_the_push_before_that_batch() -> None:
    with open_sandbox(products=150) as sandbox:
        rows = [row for page in connected(sandbox).catalogue() for row in page]
        keys = [row.key for row in rows if row.sku.startswith("HOME-")]
        sandbox.faults.once("429", "7", method="POST", path="/products/batch", skip=1)
        batches = connected(sandbox).set_stock([level(key) for key in keys])

        first = next(batches)
        with pytest.raises(TryAgain) as caught:
            next(batches)

    assert len(first) == 100
    assert (caught.value.code, caught.value.retry_after) == ("store_rate_limited", 7)


def test_a_key_that_may_not_write_is_refused_as_a_whole() -> None:
    with open_sandbox() as sandbox:
        mug = sandbox.store.add_product("Mug", price="1.00", stock=3)
        key = sandbox.store.add_key("read")
        credentials = {
            "consumer_key": key.consumer_key,
            "consumer_secret": key.consumer_secret,
        }

        with pytest.raises(SiteRefused):
            pushed(connected(sandbox, credentials=credentials), level(mug))


def test_a_shop_that_takes_fewer_at_once_gets_smaller_batches() -> None:
    sizes: list[int] = []

    def script(asked: Asked) -> bytes:
        count = asked.body.count(b'"id"')
        sizes.append(count)
        if count > 30:
            code = "woocommerce_rest_request_entity_too_large"
            return response(
                f'{{"code":"{code}","message":"Too many","data":{{"status":413}}}}', 413
            )
        rows = ",".join(
            f'{{"id":{number},"manage_stock":true,"stock_quantity":7}}' for number in range(1, 61)
        )
        return response(f'{{"update":[{rows}]}}')

    with scripted(script) as server:
        found = pushed(connect_to(server.url), *(level(number) for number in range(1, 61)))

    assert sizes == [60, 30, 30]
    assert {outcome.result for outcome in found.values()} == {PushResult.CONFIRMED}


def test_an_answer_with_another_quantity_is_not_confirmed() -> None:
    row = '{"id":1,"manage_stock":true,"stock_quantity":5}'

    with scripted(lambda asked: response(f'{{"update":[{row}]}}')) as server:
        found = pushed(connect_to(server.url), level(1, 7), level(2, 7))

    assert (found["1"].result, found["1"].shown) == (PushResult.NOT_CONFIRMED, 5)
    assert (found["2"].result, found["2"].shown) == (PushResult.UNKNOWN, None)


def test_a_sale_meanwhile_is_seen_in_what_is_read_back() -> None:
    with open_sandbox(now=datetime(2026, 11, 24, tzinfo=UTC)) as sandbox:
        mug = sandbox.store.add_product("Mug", price="1.00", stock=3)
        sandbox.faults.once("drop", method="POST", path="/products/batch")
        sandbox.store.place_order(lines=[Sold(product=mug, quantity=1)])

        found = pushed(connected(sandbox), level(mug, 9))[str(mug)]

    assert (found.result, found.shown) == (PushResult.UNKNOWN, 2)


@pytest.mark.parametrize("number", [[1], {"a": 1}, None, True, "5"])
def test_an_answer_whose_ids_are_no_numbers_breaks_nothing(number: object) -> None:
    row = json.dumps({"update": [{"id": number, "manage_stock": True, "stock_quantity": 7}]})
    with scripted(lambda asked: response(row)) as server:
        outcome = pushed(connect_to(server.url), level(5))["5"]

    # WooCommerce itself writes a number; some proxies make texts of all of them.
    expected = PushResult.CONFIRMED if number == "5" else PushResult.UNKNOWN
    assert outcome.result == expected
