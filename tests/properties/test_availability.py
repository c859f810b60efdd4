"""A listing's quantity is never below zero, never over its maximum, never grows as stock falls."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from webapp.backoffice.goods.availability import Component, ItemStock, listing_quantity

counts = st.integers(-1_000, 1_000)
components = st.lists(
    st.builds(
        Component,
        st.builds(ItemStock, st.just("X"), counts, st.integers(0, 500), st.just(True)),
        st.integers(1, 12),
    ),
    min_size=1,
    max_size=5,
)
buffers = st.integers(0, 20)
maxima = st.none() | st.integers(0, 300)


@given(components, buffers, maxima)
def test_it_is_never_below_zero_and_never_over_the_maximum(
    kit: list[Component], buffer: int, maximum: int | None
) -> None:
    shown = listing_quantity(kit, buffer=buffer, maximum=maximum).shown

    assert shown is not None
    assert shown >= 0
    assert maximum is None or shown <= maximum


@given(components, buffers, maxima, st.integers(0, 4), st.integers(0, 300), st.integers(0, 300))
def test_it_never_grows_when_stock_falls_or_is_promised(
    kit: list[Component], buffer: int, maximum: int | None, which: int, sold: int, promised: int
) -> None:
    scarcer = list(kit)
    place = which % len(kit)
    item = kit[place].item
    scarcer[place] = replace(
        kit[place],
        item=replace(item, on_hand=item.on_hand - sold, reserved=item.reserved + promised),
    )

    before = listing_quantity(kit, buffer=buffer, maximum=maximum).shown
    after = listing_quantity(scarcer, buffer=buffer, maximum=maximum).shown

    assert before is not None
    assert after is not None
    assert after <= before


@given(components, buffers)
def test_that_many_can_really_be_sold(kit: list[Component], buffer: int) -> None:
    shown = listing_quantity(kit, buffer=buffer).shown

    assert shown is not None
    if shown:
        assert all(each.item.available >= (shown + buffer) * each.pieces for each in kit)
