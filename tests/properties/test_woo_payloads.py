"""Whatever a plugin makes of an order: the stored payload says the same, without the buyer."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from platforms.base import StoreTerms
from platforms.errors import OrderUnreadable
from platforms.woocommerce.orders import open_order, read_payload
from tests.unit.platforms.woo_payloads import fetched, line, order, refund

MARK = "xQz"  # in every personal text, and in nothing that is kept

amounts = st.one_of(
    st.decimals(-99_999, 99_999, places=2).map(str),
    st.decimals(-99_999, 99_999, places=6).map(str),
    st.sampled_from(["", "-0.00", "0", None, 5, 1.5]),
)
personal = st.text(max_size=20).map(lambda words: f"{MARK}{words}")
odd = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), personal),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
keys = st.sampled_from(
    ["_stripe_fee", "PayPal Transaction Fee", "gift", "_reduced_stock", "pa_size", "note", "_x"]
)


@st.composite
def metas(draw: st.DrawFn) -> Any:
    entries = []
    for key in draw(st.lists(keys, max_size=4)):
        kept = key.startswith("pa_") or key in (
            "_stripe_fee",
            "PayPal Transaction Fee",
            "_reduced_stock",
        )
        value = draw(amounts if kept else odd)
        entries.append({"id": len(entries), "key": key, "value": value, "display_value": value})
    return entries


@st.composite
def orders(draw: st.DrawFn) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    lines = [
        line(
            id=number,
            product_id=draw(st.sampled_from([0, 15])),
            quantity=draw(st.integers(-5, 500)),
            subtotal=draw(amounts),
            total=draw(amounts),
            total_tax=draw(amounts),
            meta_data=draw(metas()),
        )
        for number in range(draw(st.integers(0, 3)))
    ]
    refunds = [
        refund(
            id=900 + number,
            amount=draw(amounts),
            reason=draw(personal),
            meta_data=draw(metas()),
            line_items=lines[:1],
        )
        for number in range(draw(st.integers(0, 2)))
    ]
    found = order(
        status=draw(st.sampled_from(["processing", "cancelled", "refunded", "own-status"])),
        currency=draw(st.sampled_from(["MYR", "JPY", "KWD", "XXX"])),
        total=draw(amounts.filter(lambda value: value not in (None, ""))),
        line_items=lines,
        meta_data=draw(metas()),
        billing=draw(st.dictionaries(st.sampled_from(["email", "city", "vat"]), personal)),
        shipping=draw(odd),
        customer_note=draw(personal),
        fee_lines=[{"id": 5, "name": "Wrap", "total": draw(amounts), "meta_data": draw(metas())}],
        shipping_lines=[{"id": 6, "total": draw(amounts), "meta_data": draw(metas())}],
        refunds=[{"id": each["id"], "reason": each["reason"]} for each in refunds],
    )
    found[draw(st.sampled_from(["delivery_wish", "x_plugin"]))] = draw(odd)
    return found, refunds


@settings(max_examples=150)
@given(orders(), st.sampled_from([None, 0, 2, 3]))
def test_the_stored_payload_reads_as_the_order_did_and_holds_no_buyer(
    made: tuple[dict[str, Any], list[dict[str, Any]]], digits: int | None
) -> None:
    found, refunds = made
    terms = StoreTerms(digits=digits)

    opened = open_order(fetched(found, refunds), terms)

    assert read_payload(opened.payload, terms) == opened.order
    assert MARK.encode() not in opened.payload


@settings(max_examples=150)
@given(
    st.dictionaries(
        st.sampled_from(sorted(order())),
        st.one_of(odd, st.lists(st.dictionaries(st.sampled_from(sorted(line())), odd, max_size=4))),
        max_size=5,
    )
)
def test_nothing_worse_than_unreadable_comes_of_any_field(change: dict[str, Any]) -> None:
    try:
        opened = open_order(fetched(order(**change), []), StoreTerms())
    except OrderUnreadable:
        return

    assert read_payload(opened.payload, StoreTerms()) == opened.order
