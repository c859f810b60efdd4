"""Money as the store computes and prints it. Exact decimals inside, strings outside."""

from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_DOWN, ROUND_HALF_UP, Decimal

ZERO = Decimal(0)


def rounded(amount: Decimal, decimals: int) -> Decimal:
    return amount.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def rounded_tax(amount: Decimal, decimals: int, *, prices_include_tax: bool) -> Decimal:
    """Tax halves go up, or down where the shop's prices include tax."""
    mode = ROUND_HALF_DOWN if prices_include_tax else ROUND_HALF_UP
    return amount.quantize(Decimal(1).scaleb(-decimals), mode)


def text(amount: Decimal, decimals: int) -> str:
    """With exactly so many decimals; never "-0.00" (a refund's summary makes its own)."""
    value = rounded(amount, decimals)
    return f"{abs(value) if value == 0 else value:f}"


def negative_text(amount: Decimal, decimals: int) -> str:
    """A refund's sum in the order: always with a minus, also before zero."""
    return f"-{abs(rounded(amount, decimals)):f}"


def plain(amount: Decimal) -> str:
    """As stored, without padding: "5", "0.6", "0.258333"."""
    return f"{amount.normalize():f}" if amount else "0"


def number(amount: Decimal) -> int | float:
    """A JSON number as PHP prints it: 6, 7.25."""
    if amount == amount.to_integral_value():
        return int(amount)
    above, below = amount.as_integer_ratio()
    return above / below


def unit_price(total: Decimal, quantity: int) -> int | float:
    """`price` of a line. The store divides binary floats, so the dust in them is wanted here.

    Source: GET /wc/v3/orders, line_items[].price.
    """
    if quantity == 0:
        return 0
    above, below = abs(total).as_integer_ratio()
    price = (above / below) / abs(quantity)
    return int(price) if price == int(price) else price


def shared(amount: Decimal, weights: Sequence[Decimal], decimals: int) -> list[Decimal]:
    """An amount over lines in proportion, cut to `decimals`; the rest goes from the first on."""
    whole = sum(weights, ZERO)
    step = Decimal(1).scaleb(-decimals)
    if not whole:
        return [ZERO for _ in weights]
    parts = [(amount * weight / whole).quantize(step, ROUND_DOWN) for weight in weights]
    left = amount - sum(parts, ZERO)
    for position in range(len(parts)):
        if left < step:
            break
        parts[position] += step
        left -= step
    return parts


def wire_decimal(value: object) -> Decimal:
    """A decimal out of a request, as PHP's wc_format_decimal reads it.

    Thousands and comma are dropped ("10,50" becomes 1050); what is no number becomes 0.
    """
    if isinstance(value, bool) or value is None:
        return Decimal(1) if value is True else ZERO
    kept = "".join(sign for sign in str(value) if sign in "0123456789.-")
    try:
        return Decimal(kept)
    except ArithmeticError:
        return ZERO
