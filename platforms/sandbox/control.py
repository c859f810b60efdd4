"""`/_sandbox/`: another process on this machine drives a local store, or looks at it.

POST /_sandbox/<action> with the action's arguments as JSON, POST /_sandbox/faults, fault_once,
play; GET /_sandbox/log, /_sandbox/cases.
"""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, is_dataclass
from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from platforms.sandbox.server import CONTROL_PREFIX
from platforms.sandbox.wire import Response, WireRequest

if TYPE_CHECKING:
    from platforms.sandbox.local_store import LocalStore

DATES = frozenset({"at", "paid", "until"})
"""Arguments that are instants when they come as text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlDoor:
    """What one platform's store lets another process do.

    `actions`: methods of `world`, or of its parts ("products.set_stock"). `shaped`: how JSON
    becomes the values that arguments of a name take. `refusals`: the platform's own errors,
    which are sentences too.
    """

    local_store: "LocalStore"
    world: object
    actions: Collection[str]
    shaped: Mapping[str, Callable[[Any], Any]]
    refusals: tuple[type[Exception], ...] = ()

    def answer(self, request: WireRequest) -> Response:
        """Run one action; 400 with a sentence when it does not fit, 403 from elsewhere."""
        if not request.address.startswith("127."):
            return _said(403, "the control door is for this machine only")
        action = request.path.removeprefix(CONTROL_PREFIX).strip("/")
        refusals: tuple[type[Exception], ...]
        refusals = (LookupError, TypeError, ValueError, *self.refusals)
        try:
            return Response(200, json.dumps(self._run(action, request), default=_plain).encode())
        except refusals as error:
            return _said(400, f"{action}: {error}")

    def _run(self, action: str, request: WireRequest) -> Any:
        store = self.local_store
        if request.method == "GET":
            if action == "log":
                return [entry._asdict() for entry in store.log.requests]
            if action == "cases":
                return store.cases
            raise LookupError("no such page")
        arguments = json.loads(request.body or b"{}")
        if not isinstance(arguments, dict):
            raise ValueError("the body must be a JSON object")
        if action == "faults":
            store.faults.set(str(arguments.get("spec", "")))
            return {"faults": arguments.get("spec", "")}
        if action == "play":
            store.play(arguments["case"], at=self._argument("at", arguments.get("at")))
            return {}
        if action == "fault_once":
            store.faults.once(**arguments)
            return {}
        if action not in self.actions:
            raise LookupError("no such action")
        act: Callable[..., Any] = attrgetter(action)(self.world)
        return {"result": act(**{name: self._argument(name, v) for name, v in arguments.items()})}

    def _argument(self, name: str, value: Any) -> Any:
        """JSON becomes the values that the action takes, dates become instants."""
        if name in DATES and isinstance(value, str):
            return datetime.fromisoformat(value)
        shape = self.shaped.get(name)
        return value if shape is None or value is None else shape(value)


def _plain(value: Any) -> Any:
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else str(value)


def _said(status: int, message: str) -> Response:
    return Response(status, json.dumps({"error": message}).encode())
