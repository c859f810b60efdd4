"""JSON as this platform writes it: amounts are plain numbers, exact to the last digit."""

import json
import re
from decimal import Decimal
from typing import Any

_MARKED = re.compile(rb'"\\u0000(-?[0-9]+(?:\.[0-9]+)?)"')


def encoded(value: Any) -> bytes:
    """Decimals become JSON numbers without going through a binary float."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_marked)
    return _MARKED.sub(rb"\1", text.encode("utf-8", "surrogatepass"))


def _marked(value: object) -> str:
    if isinstance(value, Decimal):
        return f"\0{plain(value)}"
    raise TypeError(f"{type(value).__name__} has no JSON form")


def plain(amount: Decimal) -> str:
    """349000, 1.99, 12.5: no exponent, no trailing zeros, no negative zero."""
    text = format(amount, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
