"""Bars: none taller than the scale, and the sums of a column stand on each other."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from webapp.admin.frame.charts import BOTTOM, TOP, Series, stacked

AMOUNTS = st.decimals(0, 10**9, places=2)


@given(st.lists(st.tuples(AMOUNTS, AMOUNTS), min_size=1, max_size=20))
def test_no_bar_leaves_the_picture_and_the_scale_reaches_the_highest(
    columns: list[tuple[Decimal, Decimal]],
) -> None:
    first, second = zip(*columns, strict=True)
    series = [
        Series(name="one", colour=1, values=first),
        Series(name="two", colour=None, values=second),
    ]

    chart = stacked([str(place) for place in range(len(columns))], series, said="x")

    assert all(Decimal(bar.y) >= TOP - 1 for bar in chart.bars)
    assert all(Decimal(bar.y) + Decimal(bar.height) <= BOTTOM + 1 for bar in chart.bars)
    assert Decimal(chart.ticks[-1].at) == TOP
    assert 3 <= len(chart.ticks) <= 5


def test_nothing_at_all_is_an_empty_picture() -> None:
    chart = stacked(["1", "2"], [Series(name="one", colour=1, values=[Decimal(0)] * 2)], said="x")

    assert chart.bars == ()
    assert [tick.text for tick in chart.ticks] == ["0", "1", "2"]
