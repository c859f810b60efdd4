"""A payload laid out for people: with its journal fields marked, and beside another version. Pure."""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from webapp.backoffice.reports.payload_fields import Literal

LONGEST = 200
MOST_CHANGES = 500


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; with a `path` it is a value that reached the journal."""

    text: str
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What one version has otherwise than another. None: not there."""

    path: str
    before: str | None
    after: str | None


def laid_out(payload: Any, marked: Collection[str]) -> list[Piece]:
    """The payload as indented text, in pieces: those at a `marked` path stand alone."""
    pieces: list[Piece] = []
    plain: list[str] = []
    for text, path in _lines(payload, "", 0):
        if path not in marked:
            plain.append(text)
            continue
        if plain:
            pieces.append(Piece("".join(plain)))
            plain.clear()
        pieces.append(Piece(text, path))
    if plain:
        pieces.append(Piece("".join(plain)))
    return pieces


def _lines(node: Any, path: str, depth: int) -> Iterator[tuple[str, str]]:
    pad, inner = "  " * depth, "  " * (depth + 1)
    if isinstance(node, dict) and node:
        yield "{\n", ""
        for at, (key, each) in enumerate(node.items()):
            yield f"{inner}{json.dumps(key, ensure_ascii=False)}: ", ""
            yield from _lines(each, f"{path}.{key}" if path else key, depth + 1)
            yield (",\n" if at < len(node) - 1 else "\n"), ""
        yield f"{pad}}}", ""
    elif isinstance(node, list) and node:
        yield "[\n", ""
        for at, each in enumerate(node):
            yield inner, ""
            yield from _lines(each, f"{path}[{at}]", depth + 1)
            yield (",\n" if at < len(node) - 1 else "\n"), ""
        yield f"{pad}]", ""
    else:
        yield _written(node), path


def _written(node: Any) -> str:
    return str(node) if isinstance(node, Literal) else json.dumps(node, ensure_ascii=False)


def changes(before: Any, after: Any) -> list[Change]:
    """What is otherwise in `after`, in its order, then what is gone; at most 500 of them.

    Rows of a list are the same row by their `id`, else by their place.
    """
    old, new = dict(_leaves(before, "")), dict(_leaves(after, ""))
    found = [
        Change(path=path, before=_cut(old.get(path)), after=_cut(value))
        for path, value in new.items()
        if old.get(path) != value
    ]
    found += [
        Change(path=path, before=_cut(value), after=None)
        for path, value in old.items()
        if path not in new
    ]
    return found[:MOST_CHANGES]


def _leaves(node: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, dict) and node:
        for key, each in node.items():
            yield from _leaves(each, f"{path}.{key}" if path else key)
    elif isinstance(node, list) and node:
        for at, each in enumerate(node):
            name = each.get("id") if isinstance(each, dict) else None
            yield from _leaves(each, f"{path}[{'#' + str(name) if name else at}]")
    else:
        yield path, _written(node)


def _cut(text: str | None) -> str | None:
    return text if text is None or len(text) <= LONGEST else f"{text[:LONGEST]}…"
