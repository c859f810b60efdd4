"""One order that makes no sense, among many: it is named, kept and mended; the others go on."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Engine

from jobs.retry import retry_orders
from platforms.sandbox.woocommerce import Returned, Sandbox, Sold, open_sandbox
from platforms.sandbox.woocommerce.order_json import encoded_order
from tests.pull.shops import Shop, connected
from tests.stores import balances, states
from webapp.backoffice.people.buyers import export_buyer
from webapp.database import reading


@pytest.fixture
def crowded(engine: Engine) -> Iterator[Shop]:
    """499 paid orders of one mug each, on both databases."""
    with open_sandbox() as sandbox:
        shop = connected(engine, sandbox)
        for _ in range(499):
            shop.sells(quantity=1)
        yield shop


def breaks(sandbox: Sandbox, number: int, served: bytes, instead: bytes) -> None:
    """Make lists serve an order with other bytes, until it is saved again."""
    store = sandbox.store
    order = store.orders[number]
    for digits in (2, 6):
        body = encoded_order(store, order, digits)
        assert served in body
        order.encoded[digits] = body.replace(served, instead)


def test_one_poisoned_order_among_500_leaves_499_synced(crowded: Shop) -> None:
    poisoned = crowded.sells(quantity=1)
    breaks(crowded.sandbox, poisoned, b'"total":"61.48', b'"total":"lots')

    crowded.pull()

    assert states(crowded.engine) == {
        ("synced", None): 499,
        ("failed", "store_bad_response"): 1,
    }
    assert crowded.state(poisoned) == ("failed", "store_bad_response")
    assert balances(crowded.engine)["MYR", "1150"] == Decimal("61.48") * 499
    assert crowded.is_clean()


def test_half_a_piece_is_told_by_its_field_and_mended_by_retry(shop: Shop) -> None:
    number, other = shop.sells(), shop.sells()
    shop.store.orders[number].lines[0].quantity = 0.5  # type: ignore[assignment]
    shop.pull()
    failed = shop.order(number)

    shop.store.orders[number].lines[0].quantity = 1
    shop.store.touched(shop.store.orders[number])
    report = retry_orders(shop.runtime, shop.site_id, code="store_bad_response")

    assert (failed.state, failed.code) == ("failed", "store_bad_response")
    assert ".quantity" in (failed.message or "")
    assert failed.next_step
    assert (report.retried, report.states["synced"]) == (1, 1)
    assert shop.state(number) == shop.state(other) == ("synced", None)
    assert shop.is_clean()


def test_a_posted_order_whose_next_version_makes_no_sense_keeps_what_it_posted(shop: Shop) -> None:
    number = shop.sells()
    shop.pull()
    before = shop.balance(number), shop.stock("MUG-TEHTARIK")
    shop.store.advance(60)
    shop.store.orders[number].lines[0].quantity = 0.5  # type: ignore[assignment]
    shop.store.saved(shop.store.orders[number])

    shop.pull()

    assert shop.state(number) == ("failed", "store_bad_response")
    assert (shop.balance(number), shop.stock("MUG-TEHTARIK")) == before


def test_an_order_that_made_no_sense_goes_through_with_its_next_version(shop: Shop) -> None:
    number = shop.sells()
    breaks(shop.sandbox, number, b'"quantity":2', b'"quantity":"two"')
    shop.pull()
    failed = shop.state(number)
    shop.store.advance(60)
    shop.store.saved(shop.store.orders[number])

    shop.pull()

    assert failed == ("failed", "store_bad_response")
    assert shop.state(number) == ("synced", None)
    assert shop.order(number).timeline[0].code == "store_bad_response"


def test_a_buyer_is_known_once_the_order_can_be_read(shop: Shop) -> None:
    number = shop.sells()
    breaks(shop.sandbox, number, b'"quantity":2', b'"quantity":"two"')
    shop.pull()
    shop.store.touched(shop.store.orders[number])

    retry_orders(shop.runtime, shop.site_id, number=str(number))

    with reading(shop.engine) as session:
        buyer = export_buyer(session, shop.order_id(number))
    assert buyer is not None
    assert buyer["name"] == "Aisyah Rahman"


def test_an_unreadable_refund_fails_its_own_order_alone(shop: Shop) -> None:
    number, other = shop.sells(), shop.sells()
    line = shop.store.order(number)["line_items"][0]["id"]
    shop.store.refund(number, amount="10.00", lines=[Returned(id=line, quantity=1)])
    shop.store.refund(other, amount="10.00")
    shop.store.orders[number].refunds[0].lines[0].quantity = -0.5  # type: ignore[assignment]

    shop.pull()

    assert shop.state(number) == ("failed", "store_bad_response")
    assert shop.state(other) == ("synced", None)


def test_amounts_of_absurd_size_are_refused_and_nothing_else_is(shop: Shop) -> None:
    number, other = shop.sells(), shop.sells()
    breaks(shop.sandbox, number, b'"total":"114.48', b'"total":"9e9999999')

    shop.pull()

    assert shop.state(number) == ("failed", "store_bad_response")
    assert shop.state(other) == ("synced", None)


@pytest.mark.parametrize("title", ["Tee\\u0000Shirt", "\\ud83d\\ude00" * 400, "</script>"])
def test_odd_names_are_no_reason_to_fail(shop: Shop, title: str) -> None:
    number = shop.sells(line=Sold(product="MUG-TEHTARIK"))
    name = shop.store.order(number)["line_items"][0]["name"].encode()
    breaks(shop.sandbox, number, b'"name":"%b"' % name, b'"name":"%b"' % title.encode())

    shop.pull()

    assert shop.state(number) == ("synced", None)


@pytest.mark.parametrize("asked", ["by date", "by number", "retry", "sweep"])
def test_a_refund_mended_in_the_store_is_read_anew_with_its_order(shop: Shop, asked: str) -> None:
    """The order itself is served as before: its digest tells nothing of the refund's lines."""
    number = shop.sells()
    line = shop.store.order(number)["line_items"][0]["id"]
    shop.store.refund(
        number, amount="53.00", lines=[Returned(id=line, quantity=1, total="50.00", tax="3.00")]
    )
    order = shop.store.orders[number]
    order.refunds[0].lines[0].quantity = -0.5  # type: ignore[assignment]
    shop.pull()
    failed = shop.state(number)
    order.refunds[0].lines[0].quantity = -1
    shop.store.touched(order)
    shop.store.advance(3600)

    if asked == "by date":
        shop.pull(since=shop.runtime.now() - timedelta(days=2))
    elif asked == "by number":
        shop.pull(order=str(number))
    elif asked == "retry":
        retry_orders(shop.runtime, shop.site_id)
    else:
        shop.sweep()

    assert failed == ("failed", "store_bad_response")
    assert shop.state(number) == ("synced", None)
    assert shop.balance(number)["refunds"] == 50
    assert shop.is_clean()
