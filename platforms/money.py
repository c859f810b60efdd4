"""Exact amounts: out of a store's JSON, at a currency's minor unit, and back into text.

An amount is a `Decimal` made from the store's own digits. No float is made on the way: JSON
numbers are read with `float_hook=Decimal` (`decode_json`) and written as they were.
"""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

import msgspec
from babel.numbers import get_currency_precision

ZERO = Decimal(0)

_decoder = msgspec.json.Decoder(float_hook=Decimal)
_encoder = msgspec.json.Encoder(decimal_format="number")


def decode_json(body: bytes | msgspec.Raw) -> Any:
    """JSON to Python with every fraction as an exact Decimal.

    msgspec.DecodeError: not JSON.
    """
    return _decoder.decode(body)


def encode_json(value: Any) -> bytes:
    """Python to compact JSON; a Decimal becomes the number it was read from."""
    return _encoder.encode(value)


@lru_cache(maxsize=512)
def currency_digits(currency: str) -> int:
    """Decimals of a currency's minor unit by ISO 4217: MYR 2, JPY 0, KWD 3."""
    return int(get_currency_precision(currency))


@lru_cache(maxsize=8)
def minor_unit(digits: int) -> Decimal:
    """One minor unit: 2 gives 0.01, 0 gives 1."""
    return Decimal(1).scaleb(-digits)


def round_to(amount: Decimal, digits: int) -> Decimal:
    """The amount at the minor unit, half away from zero (POSTING rule *Minor unit*)."""
    return amount.quantize(minor_unit(digits), rounding=ROUND_HALF_UP)


def exact(text: object) -> Decimal:
    """A store's amount as a Decimal: "103.88", 5, Decimal; "" and None are 0.

    ValueError: not a finite number, or a float (which has lost its digits already).
    """
    if isinstance(text, str):
        if not text:
            return ZERO
        try:
            amount = Decimal(text)
        except InvalidOperation as fault:
            raise ValueError(f"not an amount: {text[:40]!r}") from fault
    elif text is None:
        return ZERO
    elif isinstance(text, bool) or not isinstance(text, int | Decimal):
        raise ValueError(f"not an amount: {str(text)[:40]!r}")
    else:
        amount = Decimal(text)
    if not amount.is_finite():
        raise ValueError(f"not an amount: {str(text)[:40]!r}")
    return amount


def plain(amount: Decimal, digits: int) -> str:
    """The amount as text with a point, no grouping, at the currency's digits: "103.88"."""
    rounded = round_to(amount, digits)
    return format(rounded if rounded else abs(rounded), "f")
