"""What a person decides about fields that a marketplace adds to its escrow, as declared. Pure."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from webapp.backoffice.setup.declaration_fields import Faults, Reader
from webapp.backoffice.sites.settings import ESCROW_ROLES

_FIELD = re.compile(r"[A-Za-z0-9_.\[\]-]{1,80}")


def escrow_fields(known: Collection[str]) -> Reader:
    """What new fields of a marketplace's escrow are. `known`: those that have a meaning already."""

    def read(value: Any, key: str, faults: Faults) -> Any:
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            faults.add(key, 'This must be an object: {"field": {"role": "…", "sign": -1}}.')
            return None
        if value and not known:
            faults.add(key, "This site's platform has no escrow: leave it out.")
            return None
        return {
            name: _escrow_field(name, decided, f"{key}.{name}", known, faults)
            for name, decided in value.items()
        }

    return read


def _escrow_field(
    name: str, decided: Any, key: str, known: Collection[str], faults: Faults
) -> dict[str, Any]:
    if name in known:
        faults.add(key, "This field has its meaning already, which cannot be changed.")
    elif not _FIELD.fullmatch(name):
        faults.add(key, "The field's name as the store has it is needed here.")
    if not isinstance(decided, Mapping):
        faults.add(key, 'A role and a sign are needed here: {"role": "…", "sign": -1}.')
        return {}
    for part in decided:
        if part not in ("role", "sign"):
            faults.add(f"{key}.{part}", "There is no such key; there are: role, sign.")
    role, sign = decided.get("role"), decided.get("sign")
    if role not in ESCROW_ROLES:
        roles = ", ".join(ESCROW_ROLES)
        faults.add(f"{key}.role", f"A field of the escrow goes to one of {roles}.")
    if type(sign) is not int or sign not in (1, -1):
        message = "1 where the store adds the field to what the seller gets, -1 where it takes it."
        faults.add(f"{key}.sign", message)
    return {"role": role, "sign": sign}
