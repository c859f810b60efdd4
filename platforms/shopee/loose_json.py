"""JSON of which one place breaks the rules, read past that place.

NaN, half a surrogate pair, bytes that are no UTF-8, a number of thousands of digits: one such
value in one order makes a whole page no JSON. Python's own reader steps over it, so that the
page can be cut apart, and only the order that holds it cannot be read.
"""

import json
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

_BLANKS = re.compile(r"[ \t\r\n,]*")
_COLON = re.compile(r"\s*:\s*")
# More digits than any number of a shop has; Python refuses to make an int of thousands.
LONGEST_INT = 40


def _whole(digits: str) -> int | Decimal:
    return int(digits) if len(digits) <= LONGEST_INT else _fraction(digits)


def _fraction(written: str) -> Decimal:
    try:
        return Decimal(written)
    except InvalidOperation:  # an exponent beyond all numbers
        return Decimal("NaN")


def _no_number(written: str) -> Decimal:
    return Decimal("NaN")


# `strict` off: control characters in texts, too, break the rules.
_decoder = json.JSONDecoder(
    parse_int=_whole, parse_float=_fraction, parse_constant=_no_number, strict=False
)


def members(body: bytes) -> dict[str, bytes] | None:
    """The members of an object, each value as the store's own bytes; None: no object even so."""
    try:
        return dict(_members(_written(body)))
    except (ValueError, RecursionError):
        return None


def elements(body: bytes) -> list[bytes] | None:
    """The elements of a list, each as the store's own bytes; None: no list even so."""
    try:
        return list(_elements(_written(body)))
    except (ValueError, RecursionError):
        return None


def value(body: bytes) -> Any:
    """What can be read; in place of what is no number stands a Decimal that is none.

    What is no letter in a text becomes a question mark. ValueError, RecursionError: no JSON
    even so.
    """
    return _with_letters(_decoder.decode(_written(body)))


def _with_letters(found: Any) -> Any:
    if isinstance(found, str):
        return found.encode(errors="replace").decode()
    if isinstance(found, list):
        return [_with_letters(each) for each in found]
    if isinstance(found, dict):
        return {_with_letters(name): _with_letters(each) for name, each in found.items()}
    return found


def _written(body: bytes) -> str:
    # Whatever bytes there are come out again as they were.
    return body.decode(errors="surrogateescape").strip()


def _bytes(written: str) -> bytes:
    return written.encode(errors="surrogateescape")


def _members(written: str) -> Iterator[tuple[str, bytes]]:
    at = _opened(written, "{")
    while not written.startswith("}", at):
        key, end = _decoder.raw_decode(written, at)
        colon = _COLON.match(written, end)
        if not isinstance(key, str) or colon is None:
            raise ValueError("a member without a name")
        _, end = _decoder.raw_decode(written, colon.end())
        yield key, _bytes(written[colon.end() : end])
        at = _past_blanks(written, end)


def _elements(written: str) -> Iterator[bytes]:
    at = _opened(written, "[")
    while not written.startswith("]", at):
        _, end = _decoder.raw_decode(written, at)
        yield _bytes(written[at:end])
        at = _past_blanks(written, end)


def _opened(written: str, bracket: str) -> int:
    if not written.startswith(bracket):
        raise ValueError(f"it does not begin with {bracket}")
    return _past_blanks(written, 1)


def _past_blanks(written: str, at: int) -> int:
    blanks = _BLANKS.match(written, at)
    return blanks.end() if blanks else at
