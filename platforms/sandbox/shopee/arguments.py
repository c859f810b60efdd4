"""The parameters of a call, checked against its route's schema.

A GET has them in the query, a POST in a JSON body, where numbers must be numbers.
"""

from collections.abc import Mapping
from typing import Any

from platforms.sandbox.shopee.errors import ShopeeError, wrong_parameters
from platforms.sandbox.shopee.exchange import Kind, Param

_PREFIXED = frozenset({"product", "logistics"})
_LONGEST_INT = 19


def module_of(path: str) -> str:
    """The module that stands before `error_param`, "" where the examples print it bare."""
    module = path.split("/")[1]
    return module if module in _PREFIXED else ""


class Arguments:
    """Reads one call's parameters; every complaint is `error_param` with the name in it."""

    def __init__(self, path: str, *, lenient_lists: bool) -> None:
        self._module = module_of(path)
        self._lenient = lenient_lists

    def of_query(
        self, schema: Mapping[str, Param], query: Mapping[str, list[str]]
    ) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, param in schema.items():
            sent = self._sent(name, param, query)
            if sent is None:
                self._demand(name, param)
                found[name] = param.default
            elif isinstance(sent, list):
                parts = [self._scalar(name, param.each, part) for part in sent]
                found[name] = self._fitting_list(name, param, parts)
            else:
                found[name] = self._fitting(name, param, self._scalar(name, param.kind, sent))
        return found

    def of_body(self, schema: Mapping[str, Param], body: Mapping[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, param in schema.items():
            value = body.get(name)
            if value is None or value == "":
                self._demand(name, param)
                found[name] = param.default
                continue
            match param.kind:
                case Kind.INT if isinstance(value, bool) or not isinstance(value, int):
                    raise self._wrong(f"{name} must be an integer.")
                case Kind.TEXT if not isinstance(value, str):
                    raise self._wrong(f"{name} must be a string.")
                case Kind.BOOL if not isinstance(value, bool):
                    raise self._wrong(f"{name} must be a boolean.")
                case Kind.COMMA | Kind.REPEATED | Kind.LOOSE:
                    found[name] = self._fitting_list(name, param, self._list(name, param, value))
                    continue
            found[name] = self._fitting(name, param, value)
        return found

    def _sent(
        self, name: str, param: Param, query: Mapping[str, list[str]]
    ) -> str | list[str] | None:
        values = [value for value in query.get(name, []) if value != ""]
        match param.kind:
            case Kind.REPEATED:
                return values or None
            case Kind.LOOSE:
                values += [value for value in query.get(f"{name}[]", []) if value != ""]
                joined = ",".join(value.strip("[]") for value in values)
                return [part for part in joined.split(",") if part] or None
            case Kind.COMMA:
                if len(values) > 1 and not self._lenient:
                    raise self._wrong(f"{name} must be one value, joined by commas.")
                return [part for part in ",".join(values).split(",") if part] or None
        return values[0] if values else None

    def _scalar(self, name: str, kind: Kind, text: str) -> Any:
        match kind:
            case Kind.INT:
                digits = text.removeprefix("-")
                if not (digits.isascii() and digits.isdigit() and len(digits) <= _LONGEST_INT):
                    raise self._wrong(f"{name} must be an integer.")
                return int(text)
            case Kind.BOOL:
                if text.lower() not in ("true", "false"):
                    raise self._wrong(f"{name} must be a boolean.")
                return text.lower() == "true"
        return text

    def _list(self, name: str, param: Param, value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise self._wrong(f"{name} must be a list.")
        wanted: type = int if param.each is Kind.INT else str
        if not all(isinstance(part, wanted) and not isinstance(part, bool) for part in value):
            raise self._wrong(f"{name} has a part of a wrong type.")
        return value

    def _fitting_list(self, name: str, param: Param, parts: list[Any]) -> list[Any]:
        if param.most is not None and len(parts) > param.most:
            raise self._wrong(f"{name} must have {param.most} parts or less.")
        if param.choices and any(part not in param.choices for part in parts):
            raise self._wrong(f"{name} is invalid.")
        return parts

    def _fitting(self, name: str, param: Param, value: Any) -> Any:
        if isinstance(value, int) and not isinstance(value, bool):
            if param.most is not None and value > param.most:
                raise self._wrong(f"{name} must be {param.most} or less.")
            if param.least is not None and value < param.least:
                raise self._wrong(f"{name} must be {param.least} or more.")
        if param.choices and value not in param.choices:
            raise self._wrong(f"{name} is invalid.")
        return value

    def _demand(self, name: str, param: Param) -> None:
        if param.is_required:
            raise self._wrong(f"{name} is required.")

    def _wrong(self, detail: str) -> ShopeeError:
        return wrong_parameters(detail, module=self._module)
