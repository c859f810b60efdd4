"""Bars as numbers for an SVG: stacked by site, one column a day. Templates draw them, nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

WIDTH, HEIGHT = 400, 150
LEFT, TOP, BOTTOM = 30, 12, 132
GAP = Decimal("0.36")
STEPS = (Decimal(1), Decimal(2), Decimal(5))


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One site's values, a column each; `colour` 1 to 4, None is grey."""

    name: str
    colour: int | None
    values: Sequence[Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    x: str
    y: str
    width: str
    height: str
    colour: int | None
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    at: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BarChart:
    """`said` is the picture in words. No bar is drawn for zero."""

    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    labels: tuple[Tick, ...]
    said: str


def stacked(names: Sequence[str], series: Sequence[Series], *, said: str) -> BarChart:
    """The chart of several series over the same columns; `names` are the columns' titles."""
    sums = [sum((each.values[place] for each in series), Decimal(0)) for place in range(len(names))]
    step, top = _scale(max(sums, default=Decimal(0)))
    unit = Decimal(BOTTOM - TOP) / top
    column = Decimal(WIDTH - LEFT) / max(len(names), 1)
    width = column * (1 - GAP)
    bars = []
    for place, name in enumerate(names):
        base = Decimal(BOTTOM)
        for each in series:
            tall = each.values[place] * unit
            if tall <= 0:
                continue
            base -= tall
            x = LEFT + column * place + column * GAP / 2
            bars.append(
                Bar(
                    x=_short(x),
                    y=_short(base),
                    width=_short(width),
                    height=_short(max(tall - 1, Decimal("0.8"))),
                    colour=each.colour,
                    title=f"{name}, {each.name}: {each.values[place]:,}",
                )
            )
    ticks = []
    value = Decimal(0)
    while value <= top:
        ticks.append(Tick(at=_short(BOTTOM - value * unit), text=_brief(value)))
        value += step
    return BarChart(
        bars=tuple(bars), ticks=tuple(ticks), labels=_labels(names, column, width), said=said
    )


def _labels(names: Sequence[str], column: Decimal, width: Decimal) -> tuple[Tick, ...]:
    """The first column's name, the last one's, and some between."""
    every = max(len(names) // 4, 1)
    shown = {0, len(names) - 1, *range(0, len(names) - 2, every)}
    return tuple(
        Tick(at=_short(LEFT + column * place + (column - width) / 2 + width / 2), text=name)
        for place, name in enumerate(names)
        if place in shown
    )


def _scale(most: Decimal) -> tuple[Decimal, Decimal]:
    """A round step, and the top that three or four of them reach."""
    if most <= 0:
        return Decimal(1), Decimal(2)
    size = Decimal(10) ** (most.adjusted() - 1)
    for power in range(3):
        for factor in STEPS:
            step = factor * size * Decimal(10) ** power
            if step * 3 >= most:
                return step, step * (most / step).to_integral_value(ROUND_CEILING)
    raise AssertionError("a step was not found")


def _brief(value: Decimal) -> str:
    if value >= 1000:
        return f"{(value / 1000).normalize():f}k"
    return f"{value.normalize():f}"


def _short(value: Decimal) -> str:
    return f"{value:.1f}"
