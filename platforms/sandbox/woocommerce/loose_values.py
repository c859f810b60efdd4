"""How PHP reads values that nobody validated."""

import re
from typing import TYPE_CHECKING, Any

from platforms.sandbox.woocommerce.records import Meta

if TYPE_CHECKING:
    from platforms.sandbox.woocommerce.state import StoreState

_LEADING_NUMBER = re.compile(r"^\s*([+-]?\d+)")


def php_int(value: Any) -> int:
    """7.5 is 7, "7.5" too, true is 1; null, "" and "abc" are 0."""
    if value is None or isinstance(value, dict | list):
        return 0
    if isinstance(value, str):
        match = _LEADING_NUMBER.match(value)
        return int(match.group(1)) if match else 0
    return int(value)


def php_text(value: Any) -> str:
    """10.5 is "10.5", true "1", false and null ""."""
    if value is None or value is False:
        return ""
    return "1" if value is True else str(value)


def wire_meta(store: "StoreState", entries: list[Meta], sent: Any) -> None:
    """`meta_data` of a request: by id, else the first of that key; null deletes.

    Scalars come back as text, objects and lists as they were sent.
    """
    for item in sent or ():
        value = item.get("value")
        if value is not None and not isinstance(value, dict | list):
            value = php_text(value)
        by_id = php_int(item.get("id"))
        key = str(item.get("key") or "")
        found = next(
            (e for e in entries if (e.id == by_id if by_id else e.key == key)),
            None,
        )
        if found is None:
            if value is not None and not by_id and key:
                entries.append(Meta(store.next_meta_id(), key, value))
        elif value is None:
            entries.remove(found)
        else:
            found.key = key or found.key
            found.value = value
