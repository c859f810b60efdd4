"""Everything personal of a buyer is in one row, and can be taken out of it for good."""

import json
import logging
import zlib
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, inspect, text

from platforms.sandbox.woocommerce import Buyer, Returned, Sold, open_sandbox
from tests import factories as make
from tests.pull.shops import Shop, connected
from webapp.backoffice.orders.payloads import unpack
from webapp.backoffice.people.buyers import empty_old, erase_buyer, export_buyer, find_buyers
from webapp.database import make_engine, reading, writing

BUYER = Buyer(
    first_name="Zulkarnain",
    last_name="Quistgaard",
    company="Perniagaan Quistgaard",
    address_1="77 Lorong Belimbing Besi",
    city="Kuala Kubu Bharu",
    email="zulkarnain.q@example.test",
    phone="+60 19-876 5432",
)
TRACES = (
    "Zulkarnain",
    "Quistgaard",
    "Belimbing",
    "zulkarnain.q@example.test",
    "19-876 5432",
    "60198765432",
    "203.0.113.77",
    "ring twice",
    "for my sister",
)


def sells_to_a_person(shop: Shop) -> int:
    """An order full of personal things: in its fields, notes, metas, and its refund."""
    line = Sold(product="MUG-TEHTARIK", quantity=2, meta={"Engraving": "for my sister Quistgaard"})
    number = shop.sells(
        line=line,
        buyer=BUYER,
        customer_note="Please ring twice, Zulkarnain",
        meta={
            "_billing_vat": "Quistgaard-123",
            "gift_message": "Dear Zulkarnain",
            "_stripe_fee": "3.51",
        },
    )
    shop.store.orders[number].ip = "203.0.113.77"
    shop.store.touched(shop.store.orders[number])
    return number


def everything_stored(engine: Engine) -> str:
    """Every value of every table as text; payloads unpacked."""
    found: list[str] = []
    with reading(engine) as session:
        for table in inspect(engine).get_table_names():
            for row in session.execute(text(f'SELECT * FROM "{table}"')).mappings():  # noqa: S608
                found += [f"{table}.{name}: {readable(value)}" for name, value in row.items()]
    return "\n".join(found)


def readable(value: Any) -> str:
    if isinstance(value, bytes | memoryview):
        raw = bytes(value)
        try:
            return unpack(raw).decode()
        except zlib.error:  # no payload: its bytes are searched
            return raw.decode("latin-1")
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)


def traces(found: str) -> list[str]:
    return [trace for trace in TRACES if trace.casefold() in found.casefold()]


def erased(shop: Shop, number: int) -> None:
    with writing(shop.engine) as session:
        erase_buyer(
            session,
            [shop.order_id(number)],
            why="request",
            actor="siti",
            now=shop.runtime.now(),
        )


def life(shop: Shop) -> int:
    """An order with several versions, a failure and a refund with a reason."""
    number = sells_to_a_person(shop)
    shop.pull()
    shop.store.advance(60)
    shop.store.edit_line(number, quantity=3, subtotal="150.00", total="150.00")
    shop.pull()
    shop.store.advance(60)
    line = shop.store.order(number)["line_items"][0]["id"]
    shop.store.refund(
        number,
        amount="53.00",
        lines=[Returned(id=line, quantity=1, total="50.00", tax="3.00")],
        reason="Zulkarnain Quistgaard changed his mind",
    )
    shop.pull()
    shop.store.advance(60)
    shop.store.orders[number].lines[0].quantity = 0.5  # type: ignore[assignment]
    shop.store.saved(shop.store.orders[number])
    shop.pull()
    return number


def test_after_an_erasure_nothing_of_the_buyer_is_in_any_table_or_log(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with open_sandbox() as sandbox:
        shop = connected(engine, sandbox)
        number = life(shop)
        before = traces(everything_stored(engine))

        erased(shop, number)

        assert set(before) == set(TRACES)
        assert traces(everything_stored(engine)) == []
        assert traces(caplog.text) == []
        assert shop.is_clean()


def test_while_it_is_kept_it_stands_in_the_buyers_row_alone(shop: Shop) -> None:
    life(shop)

    lines = everything_stored(shop.engine).splitlines()

    homes = {line.partition(".")[0] for line in lines if traces(line)}
    assert homes == {"order_buyers"}


def test_an_erased_buyer_is_never_filled_again(shop: Shop) -> None:
    number = sells_to_a_person(shop)
    shop.pull()
    erased(shop, number)
    shop.store.advance(60)
    shop.store.edit_line(number, quantity=3, subtotal="150.00", total="150.00")

    shop.pull()
    shop.sweep()
    shop.pull(order=str(number))

    assert shop.balance(number)["sales_revenue"] == -150
    assert traces(everything_stored(shop.engine)) == []
    with reading(shop.engine) as session:
        assert find_buyers(session, "quist") == []


def test_a_buyer_that_the_store_anonymised_is_emptied(shop: Shop) -> None:
    number = sells_to_a_person(shop)
    shop.pull()
    shop.store.advance(60)
    shop.store.anonymise(number)

    shop.pull()

    with reading(shop.engine) as session:
        buyer = export_buyer(session, shop.order_id(number))
    assert buyer is not None
    assert (buyer["emptied_why"], buyer["name"], buyer["billing"]) == ("store", "", {})
    assert traces(everything_stored(shop.engine)) == []
    assert shop.state(number) == ("synced", None)


def test_books_goods_and_lines_need_nothing_of_the_buyer(shop: Shop) -> None:
    number = sells_to_a_person(shop)
    shop.pull()
    before = shop.balance(number), shop.order(number).lines, shop.stock("MUG-TEHTARIK")

    erased(shop, number)

    assert (shop.balance(number), shop.order(number).lines, shop.stock("MUG-TEHTARIK")) == before
    assert shop.is_clean()


def test_the_buyer_is_found_by_the_beginning_of_a_word_an_address_or_a_number(shop: Shop) -> None:
    number = sells_to_a_person(shop)
    shop.sells()
    shop.pull()

    with reading(shop.engine) as session:
        found = {
            asked: [each.number for each in find_buyers(session, asked)]
            for asked in ("quist", "ZULK", "zulkarnain.q@", "60198", "gaard", "")
        }

    assert found == {
        "quist": [str(number)],
        "ZULK": [str(number)],
        "zulkarnain.q@": [str(number)],
        "60198": [str(number)],
        "gaard": [],
        "": [],
    }


def test_what_is_searched_is_what_is_kept(shop: Shop) -> None:
    """The traces are really there before: a search that finds nothing would prove nothing."""
    sells_to_a_person(shop)

    shop.pull()

    kept = traces(everything_stored(shop.engine))
    assert set(kept) == set(TRACES)


def test_an_order_nobody_could_read_has_nothing_personal_either(shop: Shop) -> None:
    number = sells_to_a_person(shop)
    shop.store.orders[number].lines[0].quantity = 0.5  # type: ignore[assignment]
    shop.store.touched(shop.store.orders[number])

    shop.pull()

    assert shop.state(number) == ("failed", "store_bad_response")
    assert traces(everything_stored(shop.engine)) == []


def test_a_buyer_erased_while_a_pull_writes_stays_erased(postgres_url: str) -> None:
    engine, desk = make_engine(postgres_url), make_engine(postgres_url)
    with open_sandbox() as sandbox:
        shop = connected(engine, sandbox)
        number = sells_to_a_person(shop)
        shop.pull()
        order_id = shop.order_id(number)
        shop.store.advance(60)
        shop.store.edit_line(number, quantity=3, subtotal="150.00", total="150.00")
        done = []

        def erases_once(*said: object) -> None:
            if not done and "order_buyers.is_masked" in str(said[2]):
                with writing(desk) as session:
                    done.append(
                        erase_buyer(session, [order_id], why="request", actor="siti", now=make.NOW)
                    )

        event.listen(engine, "after_cursor_execute", erases_once)
        try:
            shop.pull()
        finally:
            event.remove(engine, "after_cursor_execute", erases_once)

        assert done == [1]
        assert shop.balance(number)["sales_revenue"] == -150
        assert traces(everything_stored(engine)) == []
    engine.dispose()
    desk.dispose()


@pytest.mark.parametrize("status", ["completed", "cancelled", "refunded", "failed"])
def test_a_buyer_ends_when_the_days_after_the_order_are_over(shop: Shop, status: str) -> None:
    number = sells_to_a_person(shop)
    shop.pull()
    shop.store.advance(60)
    shop.store.set_status(number, status)
    shop.pull()

    with writing(shop.engine) as session:
        early = empty_old(session, shop.runtime.now() + timedelta(days=729))
        late = empty_old(session, shop.runtime.now() + timedelta(days=732))

    assert (early, late) == (0, 1)
    assert traces(everything_stored(shop.engine)) == []


def test_a_buyer_who_still_waits_for_goods_is_kept(shop: Shop) -> None:
    sells_to_a_person(shop)
    shop.pull()

    with writing(shop.engine) as session:
        assert empty_old(session, shop.runtime.now() + timedelta(days=5000)) == 0
