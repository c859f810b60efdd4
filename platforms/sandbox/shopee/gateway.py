"""A call through the gateway: path, method, caller, quota, parameters, and only then the work.

Source: "API calls" of the developer guide: common parameters in the query, the business
parameters of a POST in a JSON body; every answer has request_id, error and message.
"""

import json
from secrets import token_hex
from typing import Any
from urllib.parse import parse_qs

from platforms.sandbox.shopee.arguments import Arguments
from platforms.sandbox.shopee.callers import demand_caller
from platforms.sandbox.shopee.errors import ShopeeError, unknown_path
from platforms.sandbox.shopee.exchange import Call, Reply, Route
from platforms.sandbox.shopee.routes import ROUTES
from platforms.sandbox.shopee.wire_json import encoded
from platforms.sandbox.shopee.world import ShopeeStore
from platforms.sandbox.wire import TEXT_TYPE, Response, WireRequest

API_PREFIX = "/api/v2"
_BLOCKED = b"blocked by gateway: invalid cid\n"


class Gateway:
    """Answers calls to one store, one at a time under its lock."""

    def __init__(self, store: ShopeeStore) -> None:
        self._store = store

    def answer(self, request: WireRequest) -> Response:
        with self._store.lock:
            path = request.path.removeprefix(API_PREFIX)
            route = ROUTES.get(path) if request.path.startswith(f"{API_PREFIX}/") else None
            try:
                if route is None:
                    raise unknown_path()
                if request.method != route.method:
                    return Response(500, _BLOCKED, {}, TEXT_TYPE)
                reply = self._work(request, path, route)
            except ShopeeError as error:
                reply = refused(error)
            return Response(reply.status, self._envelope(reply))

    def refusal(self, error: ShopeeError) -> Response:
        """A refusal outside the API's paths, in the same envelope."""
        with self._store.lock:
            return Response(error.status, self._envelope(refused(error)))

    def _work(self, request: WireRequest, path: str, route: Route) -> Reply:
        store = self._store
        query = parse_qs(request.raw_query, keep_blank_values=True)
        shop_id = demand_caller(
            store, query, request.path, family=route.family, address=request.address
        )
        store.demand_unscripted(path)
        arguments = Arguments(path, lenient_lists=store.settings.lenient_lists)
        body: dict[str, Any] | None = None
        if route.method == "POST":
            body = _json_body(request)
            args = arguments.of_body(route.params, body)
        else:
            args = arguments.of_query(route.params, query)
        call = Call(
            method=request.method,
            path=path,
            params=query,
            body=body,
            shop_id=shop_id,
            now=store.clock(),
            args=args,
        )
        return route.handler(store, call)

    def _envelope(self, reply: Reply) -> bytes:
        head: dict[str, Any] = {
            "error": reply.error,
            "message": reply.message,
            "request_id": token_hex(16),
            **reply.flat,
        }
        if reply.warning is not None:
            head["warning"] = reply.warning
        if reply.raw is None:
            if reply.response is not None:
                head["response"] = reply.response
            return encoded(head)
        return encoded(head)[:-1] + b',"response":' + reply.raw + b"}"


def refused(error: ShopeeError) -> Reply:
    """The reply that a refusal makes."""
    return Reply(
        error=error.error, message=error.message, status=error.status, response=error.response
    )


def _json_body(request: WireRequest) -> dict[str, Any]:
    if "json" not in request.headers.get("content-type", "").lower():
        raise ShopeeError("error_data", "parse data failed: the body must be JSON.")
    try:
        value = json.loads(request.body)
    except ValueError as error:
        raise ShopeeError("error_data", "parse data failed.") from error
    if not isinstance(value, dict):
        raise ShopeeError("error_data", "parse data failed: the body must be an object.")
    return value
