"""JSON as PHP writes it: `/` escaped, everything beyond ASCII as `\\uXXXX`, no spaces."""

import json
from typing import Any

_encode = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode


def encoded(value: Any) -> bytes:
    return _encode(value).replace("/", "\\/").encode("ascii")


def joined(items: list[bytes]) -> bytes:
    """An array of values that are encoded already."""
    return b"[" + b",".join(items) + b"]"
