"""The store's fields that a *because* names, found in a payload: their places and their values. Pure.

A name is a path: "order.line_items.subtotal" means that field of every line, and
"order.tax_lines[MY-1].tax_total" of the one that anything in it calls so. A bare name stands
wherever the payload has it first.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

# Each name with the sign before it; what follows a minus may be a sibling of the name before.
_NAMED = re.compile(
    r"(?P<sign>(?:^|(?<=; ))|- )(?P<path>[A-Za-z_]\w*(?:\[[^\]]*\])?(?:\.\w+(?:\[[^\]]*\])?)*)"
)
_STEP = re.compile(r"(\w+)(?:\[([^\]]*)\])?")
DEEPEST = 4
CENT = Decimal("0.01")


class Literal(str):
    """A number of a payload, as it was written there."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A value at its place, such as "order.line_items[0].subtotal". `sign`: how it is counted."""

    path: str
    value: str
    sign: int = 1

    @property
    def amount(self) -> Decimal | None:
        """The value as an amount with its sign; None: it is none."""
        try:
            found = Decimal(self.value)
        except InvalidOperation:
            return None
        return found * self.sign if found.is_finite() else None

    @property
    def shown(self) -> str:
        """The amount as written, without its sign and the noughts after the cents."""
        found = self.amount
        if found is None or "." not in self.value:
            return self.value
        short = abs(found).normalize()
        return f"{short.quantize(CENT) if short == short.quantize(CENT) else short:f}"


def parsed(payload: bytes) -> Any:
    """The payload with its numbers as written. None: it cannot be read."""
    try:
        return json.loads(payload, parse_float=Literal, parse_int=Literal)
    except (ValueError, RecursionError):
        return None


def fields_named(payload: Any, because: str) -> tuple[Field, ...]:
    """The fields that a *because* names, in its order; () when the payload has none of them."""
    found: list[Field] = []
    before = ""
    for named in _NAMED.finditer(because):
        path = named["path"]
        if "." not in path and "." in before:
            path = f"{before.rpartition('.')[0]}.{path}"
        sign = -1 if named["sign"] else 1
        found += [Field(path=place, value=value, sign=sign) for place, value in _at(payload, path)]
        before = path
    return tuple(found)


def _at(payload: Any, path: str) -> Iterator[tuple[str, str]]:
    steps = [(name, chosen) for name, chosen in _STEP.findall(path)]
    for place, node in _start(payload, steps[0][0]):
        yield from _walk(node, place, [("", steps[0][1]), *steps[1:]])
        return


def _start(payload: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Where a path begins: the nearest thing of that name, or of its plural."""
    level = [("", payload)]
    for _ in range(DEEPEST):
        following = []
        for place, node in level:
            if isinstance(node, dict):
                for key in (name, f"{name}s"):
                    if key in node:
                        yield _joined(place, key), node[key]
                following += [(_joined(place, key), each) for key, each in node.items()]
            elif isinstance(node, list):
                following += [(f"{place}[{at}]", each) for at, each in enumerate(node)]
        level = following


def _walk(node: Any, place: str, steps: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    name, chosen = steps[0]
    if name:
        if isinstance(node, list):
            named = [at for at, each in enumerate(node) if _is_called(each, name)]
            if named and "value" in node[named[0]]:
                value, place = node[named[0]]["value"], f"{place}[{named[0]}].value"
                yield from _walk(value, place, [("", ""), *steps[1:]])
                return
            for at, each in enumerate(node):
                yield from _walk(each, f"{place}[{at}]", steps)
            return
        if not isinstance(node, dict) or name not in node:
            return
        node, place = node[name], _joined(place, name)
    if chosen and isinstance(node, list):
        fits = [(at, each) for at, each in enumerate(node) if _is_called(each, chosen)]
        for at, each in fits[:1]:
            yield from _walk(each, f"{place}[{at}]", [("", ""), *steps[1:]])
        return
    if len(steps) > 1:
        yield from _walk(node, place, steps[1:])
    elif isinstance(node, str):
        yield place, str(node)


def _is_called(node: Any, name: str) -> bool:
    if not isinstance(node, dict):
        return False
    return any(isinstance(each, str) and each == name for each in node.values())


def _joined(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key
