"""Split an amount so that the parts add up. Pure; the one place where shares are rounded."""

from collections.abc import Sequence
from decimal import ROUND_DOWN, Decimal

from platforms.money import ZERO, minor_unit, round_to


def allocate(amount: Decimal, weights: Sequence[Decimal], digits: int) -> tuple[Decimal, ...]:
    """Parts of `amount` in proportion to `weights`, each at the minor unit, adding up exactly.

    `amount` must itself be at the minor unit. What rounding leaves goes, one minor unit each,
    to the parts that lost most (the earlier one first). Weights that add up to zero give
    everything to the last part; no weights, no parts. 10.00 over 1, 1, 1 at two digits gives
    3.34, 3.33, 3.33.
    """
    if not weights:
        return ()
    whole = sum(weights, ZERO)
    if not whole:
        return (*(ZERO for _ in weights[1:]), amount)
    unit = minor_unit(digits)
    exact = [amount * weight / whole for weight in weights]
    parts = [share.quantize(unit, rounding=ROUND_DOWN) for share in exact]
    missing = amount - sum(parts, ZERO)
    step = unit if missing > 0 else -unit
    lost = sorted(range(len(parts)), key=lambda at: (-abs(exact[at] - parts[at]), at))
    for turn in range(int(missing / step)):
        parts[lost[turn % len(parts)]] += step
    return tuple(parts)


def included_tax(amount: Decimal, percent: Decimal, digits: int) -> Decimal:
    """The tax inside an amount: 981.00 at 7 % holds 64.18. Zero percent holds none."""
    return round_to(amount * percent / (100 + percent), digits) if percent else ZERO
