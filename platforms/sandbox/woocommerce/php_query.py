"""Query strings and forms as PHP reads them, and back.

A repeated key counts once and the last value wins; `a[]` is numbered; `a[k][j]` nests.
Nested values are dicts in order of arrival, as PHP arrays are.
"""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, unquote_plus

_BRACKET = re.compile(r"\[([^\]]*)\]")

PhpArray = dict[str, Any]


def parse(text: str) -> PhpArray:
    """`$_GET` or `$_POST` of a query string or form body."""
    result: PhpArray = {}
    for pair in text.split("&"):
        if not pair:
            continue
        raw_key, _, raw_value = pair.partition("=")
        key = unquote_plus(raw_key, errors="surrogateescape").lstrip(" ")
        if key:
            _assign(result, key, unquote_plus(raw_value, errors="surrogateescape"))
    return result


def _assign(result: PhpArray, key: str, value: str) -> None:
    name, bracket, _ = key.partition("[")
    path = _BRACKET.findall(key[len(name) :]) if bracket and name else []
    name = (name if path else key).replace(".", "_").replace(" ", "_")
    if not path:
        result[name] = value
        return
    holder = _array_at(result, name)
    for step in path[:-1]:
        holder = _array_at(holder, step if step else _next_index(holder))
    holder[path[-1] if path[-1] else _next_index(holder)] = value


def _array_at(holder: PhpArray, key: str) -> PhpArray:
    inner = holder.get(key)
    if not isinstance(inner, dict):
        inner = holder[key] = {}
    return inner


def _next_index(array: PhpArray) -> str:
    return str(max((int(key) for key in array if key.isdigit()), default=-1) + 1)


def flatten(params: PhpArray, prefix: str = "") -> Iterator[tuple[str, str]]:
    """(name with brackets, value) pairs; elements of an array in order of arrival."""
    for key, value in params.items():
        name = f"{prefix}[{key}]" if prefix else key
        if isinstance(value, dict):
            yield from flatten(value, name)
        else:
            yield name, value


def rfc3986(text: str) -> str:
    """Percent-encoded as PHP's rawurlencode does it."""
    return quote(text, safe="~", errors="surrogateescape")


def as_json_value(value: Any) -> Any:
    """A PHP array as JSON has it: a list when its keys count from 0, else an object."""
    if not isinstance(value, dict):
        return value
    if list(value) == [str(n) for n in range(len(value))]:
        return [as_json_value(item) for item in value.values()]
    return {key: as_json_value(item) for key, item in value.items()}


def link_query(params: PhpArray) -> str:
    """The query of a `Link` header: WordPress drops the padding `=` and keeps `+` as it is."""
    return "&".join(
        f"{quote(name, safe='')}={quote(value.rstrip('='), safe='+/:,', errors='surrogateescape')}"
        for name, value in flatten(params)
    )
