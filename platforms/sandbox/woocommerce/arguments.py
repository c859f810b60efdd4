"""Validation of arguments as WordPress does it before a route runs.

A null is not looked at; unknown arguments are not either. Batch items skip all of this.
Source: WordPress REST API handbook, schema validation; OPTIONS of each route.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from platforms.sandbox.woocommerce.dates import is_date
from platforms.sandbox.woocommerce.errors import invalid_params, missing_params

_NUMERIC = re.compile(r"^\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*$")
_EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")

Fault = tuple[str, str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arg:
    """One argument. `type` integer, number, boolean, string, date-time, email, array or object.

    `items` of an array, `members` of an object; `enum` also of an array's items.
    """

    type: str = "string"
    default: Any = None
    enum: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    required: bool = False
    items: "Arg | None" = None
    members: Mapping[str, "Arg"] | None = None

    def described(self) -> dict[str, Any]:
        """As OPTIONS prints it."""
        kind = "string" if self.type in ("date-time", "email") else self.type
        text: dict[str, Any] = {"type": kind, "required": self.required}
        if self.type in ("date-time", "email"):
            text["format"] = self.type
        if self.default is not None:
            text["default"] = self.default
        if self.enum:
            text["enum"] = list(self.enum)
        if self.minimum is not None:
            text["minimum"] = self.minimum
        if self.maximum is not None:
            text["maximum"] = self.maximum
        if self.items is not None:
            text["items"] = self.items.described()
        return text


Args = Mapping[str, Arg]


def checked(args: Args, given: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments, known ones in their types and with defaults. RestError 400 otherwise."""
    missing = [name for name, arg in args.items() if arg.required and given.get(name) is None]
    if missing:
        raise missing_params(missing)
    values = dict(given)
    faults: dict[str, Fault] = {}
    for name, arg in args.items():
        value = given.get(name)
        if value is None:
            if name not in given and arg.default is not None:
                values[name] = arg.default
            continue
        fault = _fault(arg, value, name)
        if fault is not None:
            faults[name] = fault
        else:
            values[name] = coerced(arg, value)
    if faults:
        raise invalid_params(faults)
    return values


def coerced(arg: Arg, value: Any) -> Any:
    """A valid value in its own type: "7" becomes 7, "a,b" a list."""
    match arg.type:
        case "integer":
            return int(_exact(value))
        case "boolean":
            return value is True or str(value).lower() in ("1", "true")
        case "array":
            items = _as_list(value)
            return items if arg.items is None else [coerced(arg.items, item) for item in items]
    return value


def _fault(arg: Arg, value: Any, name: str) -> Fault | None:
    match arg.type:
        case "integer":
            if not is_integer(value):
                return _wrong_type(name, "integer")
            return _out_of_bounds(arg, int(_exact(value)), name)
        case "number":
            return None if _is_numeric(value) else _wrong_type(name, "number")
        case "boolean":
            valid = isinstance(value, bool) or str(value).lower() in ("0", "1", "true", "false")
            return None if valid else _wrong_type(name, "boolean")
        case "date-time":
            valid = isinstance(value, str) and is_date(value)
            return None if valid else ("rest_invalid_date", "Invalid date.", None)
        case "email":
            valid = isinstance(value, str) and (not value or _EMAIL.match(value) is not None)
            return None if valid else ("rest_invalid_email", "Invalid email address.", None)
        case "array":
            return _array_fault(arg, value, name)
        case "object":
            return _object_fault(arg, value, name)
    if not isinstance(value, str):
        return _wrong_type(name, "string")
    if arg.enum and value not in arg.enum:
        message = f"{name} is not one of {_listed(arg.enum)}."
        return "rest_not_in_enum", message, None
    return None


def _array_fault(arg: Arg, value: Any, name: str) -> Fault | None:
    if isinstance(value, dict):
        return _wrong_type(name, "array")
    if arg.items is not None:
        for position, item in enumerate(_as_list(value)):
            fault = _fault(arg.items, item, f"{name}[{position}]")
            if fault is not None:
                return fault
    return None


def _object_fault(arg: Arg, value: Any, name: str) -> Fault | None:
    if not isinstance(value, dict):
        return None if value in ("", []) else _wrong_type(name, "object")
    for key, member in (arg.members or {}).items():
        if value.get(key) is not None:
            fault = _fault(member, value[key], f"{name}[{key}]")
            if fault is not None:
                return fault
    return None


def _wrong_type(name: str, kind: str) -> Fault:
    return "rest_invalid_type", f"{name} is not of type {kind}.", {"param": name}


def _out_of_bounds(arg: Arg, value: int, name: str) -> Fault | None:
    low, high = arg.minimum, arg.maximum
    if (low is None or value >= low) and (high is None or value <= high):
        return None
    if low is not None and high is not None:
        text = f"{name} must be between {low} (inclusive) and {high} (inclusive)"
    elif low is not None:
        text = f"{name} must be greater than or equal to {low}"
    else:
        text = f"{name} must be less than or equal to {high}"
    return "rest_out_of_bounds", text, None


def is_integer(value: Any) -> bool:
    return _is_numeric(value) and _exact(value) == int(_exact(value))


def _is_numeric(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, int | float) or (
        isinstance(value, str) and _NUMERIC.match(value) is not None
    )


def _exact(value: Any) -> Any:
    """The number behind a numeric value, text included."""
    return Decimal(value.strip()) if isinstance(value, str) else value


def _as_list(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    if isinstance(value, str):
        return [part for part in re.split(r"[\s,]+", value) if part]
    return [value]


def _listed(values: tuple[str, ...]) -> str:
    return ", ".join(values[:-1]) + f", and {values[-1]}" if len(values) > 1 else values[0]
