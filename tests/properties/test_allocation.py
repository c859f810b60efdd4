"""Shares of an amount add up, are at the minor unit, and are no further off than one of it."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from platforms.money import minor_unit
from webapp.backoffice.books.allocation import allocate

digits = st.integers(0, 3)
weights = st.lists(st.integers(0, 10**9).map(lambda n: Decimal(n).scaleb(-3)), max_size=8)


def amounts(places: int) -> st.SearchStrategy[Decimal]:
    return st.integers(-(10**9), 10**9).map(lambda number: Decimal(number).scaleb(-places))


@given(st.data(), digits, weights)
def test_the_parts_add_up_exactly(data: st.DataObject, places: int, shares: list[Decimal]) -> None:
    amount = data.draw(amounts(places))

    parts = allocate(amount, shares, places)

    assert len(parts) == len(shares)
    assert sum(parts, Decimal(0)) == (amount if shares else 0)


@given(st.data(), digits, weights)
def test_each_part_is_its_share_to_less_than_a_minor_unit(
    data: st.DataObject, places: int, shares: list[Decimal]
) -> None:
    amount = data.draw(amounts(places))
    whole = sum(shares, Decimal(0))

    parts = allocate(amount, shares, places)

    unit = minor_unit(places)
    for part, share in zip(parts, shares, strict=True):
        assert part == part.quantize(unit)
        if whole:
            assert abs(part - amount * share / whole) < unit


@given(st.data(), digits, weights)
def test_a_share_of_nothing_is_nothing(
    data: st.DataObject, places: int, shares: list[Decimal]
) -> None:
    amount = data.draw(amounts(places))

    parts = allocate(amount, shares, places)

    if any(shares):
        assert not any(part for part, share in zip(parts, shares, strict=True) if not share)
