"""`/_sandbox/`: another process on this machine drives the store, or looks at it.

POST /_sandbox/<action> with the action's arguments as JSON, POST /_sandbox/faults, fault_once,
play; GET /_sandbox/log, /_sandbox/cases.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, is_dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from platforms.sandbox.woocommerce.cases import next_act
from platforms.sandbox.woocommerce.errors import RestError
from platforms.sandbox.woocommerce.exchange import Request, Response
from platforms.sandbox.woocommerce.sale import Buyer, Carriage, Coupon, Extra, Returned, Sold

if TYPE_CHECKING:
    from platforms.sandbox.woocommerce.server import StoreServer

CONTROL_PREFIX = "/_sandbox/"

ACTIONS = frozenset(
    {
        "add_product",
        "add_variable",
        "set_stock",
        "rename_sku",
        "delete_product",
        "place_order",
        "pay",
        "set_status",
        "edit_line",
        "set_meta",
        "refund",
        "delete_refund",
        "trash",
        "force_delete",
        "anonymise",
        "advance",
        "configure",
        "add_key",
        "order",
        "product",
    }
)


def control_answer(server: "StoreServer", request: Request, address: str) -> Response:
    """Run one action; 400 with a sentence when it does not fit, 403 from another machine."""
    if not address.startswith("127."):
        return _said(403, "the control door is for this machine only")
    action = request.path.removeprefix(CONTROL_PREFIX).strip("/")
    try:
        return Response(200, json.dumps(_run(server, action, request), default=_plain).encode())
    except (LookupError, TypeError, ValueError, RestError) as error:
        return _said(400, f"{action}: {error}")


def _run(server: "StoreServer", action: str, request: Request) -> Any:
    if request.method == "GET":
        if action == "log":
            return [entry._asdict() for entry in server.log.requests]
        if action == "cases":
            return server.cases
        raise LookupError("no such page")
    arguments = json.loads(request.body or b"{}")
    if not isinstance(arguments, dict):
        raise ValueError("the body must be a JSON object")
    if action == "faults":
        server.faults.set(str(arguments.get("spec", "")))
        return {"faults": arguments.get("spec", "")}
    if action == "play":
        at = _argument("at", arguments.get("at"))
        next_act(server.store, arguments["case"], server.cases[arguments["case"]], at)
        return {}
    if action == "fault_once":
        server.faults.once(**arguments)
        return {}
    if action not in ACTIONS:
        raise LookupError("no such action")
    act: Callable[..., Any] = getattr(server.store, action)
    return {"result": act(**{name: _argument(name, v) for name, v in arguments.items()})}


def _argument(name: str, value: Any) -> Any:
    """JSON objects become the dataclasses that the action takes, dates become instants."""
    if isinstance(value, list):
        kinds = {"lines": Sold, "shipping": Carriage, "fees": Extra, "coupons": Coupon}
        kind: Any = kinds.get(name)
        if kind is Sold and value and "id" in value[0]:
            kind = Returned
        return value if kind is None else [kind(**item) for item in value]
    if name in ("buyer", "ship_to") and isinstance(value, dict):
        return Buyer(**value)
    if name in ("at", "paid") and isinstance(value, str):
        return datetime.fromisoformat(value)
    return value


def _plain(value: Any) -> Any:
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else str(value)


def _said(status: int, message: str) -> Response:
    return Response(status, json.dumps({"error": message}).encode())
