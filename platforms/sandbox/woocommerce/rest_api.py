"""A request through the REST API, in the order in which the real one checks things.

Keys, route, the key's permission, JSON, arguments (400 even without credentials), the
user's rights (401 or 403), and only then the object (404).
"""

import json
from typing import Any

from platforms.sandbox.wire import HTML_TYPE, Response
from platforms.sandbox.woocommerce.arguments import checked
from platforms.sandbox.woocommerce.authentication import (
    ApiKey,
    Credentials,
    authenticate,
    demand_permission,
)
from platforms.sandbox.woocommerce.errors import RestError, cannot, invalid_json, no_route
from platforms.sandbox.woocommerce.exchange import Answer, Call, Request
from platforms.sandbox.woocommerce.fields import narrowed
from platforms.sandbox.woocommerce.paging import link_header
from platforms.sandbox.woocommerce.php_json import encoded
from platforms.sandbox.woocommerce.php_query import PhpArray, as_json_value, parse
from platforms.sandbox.woocommerce.routes import Endpoint, Route, route_table
from platforms.sandbox.woocommerce.world import WooStore

_PREFIXES = ("/wp-json", "/index.php/wp-json")
_FORM = "application/x-www-form-urlencoded"
_THEME_404 = b"<!DOCTYPE html><html><head><title>Page not found</title></head><body></body></html>"
_HOME_PAGE = b"<!DOCTYPE html><html><head><title>Kedai</title></head><body>Welcome</body></html>"


class RestApi:
    """Answers requests to one store. Routes are made anew when the settings change."""

    def __init__(self, store: WooStore) -> None:
        self._store = store
        self._routes: list[Route] = []
        self._routes_for: object = None

    def answer(self, request: Request) -> Response:
        """Everything below the site's home. Takes the store's lock while it works."""
        with self._store.lock:
            route = self._rest_route(request)
            if route is None:
                return self._page(request)
            path, keys_count = route
            return self._rest(request, path, keys_count=keys_count)

    def _rest_route(self, request: Request) -> tuple[str, bool] | None:
        """(path behind the prefix, whether keys are looked at); None: a page of the theme."""
        named = request.query.get("rest_route")
        if isinstance(named, str) and named:
            return named, self._store.settings.keys_with_rest_route
        if not self._store.settings.pretty_permalinks:
            return None
        for prefix in _PREFIXES:
            if request.path == prefix or request.path.startswith(f"{prefix}/"):
                return request.path[len(prefix) :] or "/", True
        return None

    def _page(self, request: Request) -> Response:
        found = request.path in ("", "/", "/index.php")
        api = {"Link": f'<{self._store.home}/wp-json/>; rel="https://api.w.org/"'}
        body = _HOME_PAGE if found else _THEME_404
        return Response(200 if found else 404, body, api, HTML_TYPE)

    def _rest(self, request: Request, path: str, *, keys_count: bool) -> Response:
        headers = _standing_headers()
        key: ApiKey | None = None
        answer = Answer()
        try:
            method = _method(request)
            form = _form(request)
            if keys_count and path.startswith(("/wc/", "/wc-")):
                key = self._sender(request, form)
                if key is not None:
                    demand_permission(key, method)
            route, numbers, words = self._match(path)
            if method == "OPTIONS":
                headers["Allow"] = route.allow
                return Response(200, encoded(self._described(route)), headers)
            endpoint = route.methods.get("GET" if method == "HEAD" else method)
            if endpoint is None:
                raise no_route()
            if endpoint.action is None or (key is not None and key.administrator):
                headers["Allow"] = route.allow
            call = self._call(request, key, endpoint, numbers, words, form)
            if endpoint.action is not None and (key is None or not key.administrator):
                raise cannot(endpoint.action, signed_in=key is not None)
            answer = endpoint.handler(call)
            body = _body(answer, call)
            status = answer.status
        except RestError as error:
            body, status = encoded(error.envelope()), error.status
        if answer.total is not None:
            headers["X-WP-Total"] = str(answer.total)
            headers["X-WP-TotalPages"] = str(answer.pages)
        if answer.location is not None:
            headers["Location"] = answer.location
        headers["Link"] = link_header(answer, request, self._store.home)
        return Response(status, body, headers)

    def _sender(self, request: Request, form: PhpArray) -> ApiKey | None:
        store = self._store
        sent = Credentials(
            method=request.method,
            path=request.path,
            query=request.query,
            form=form,
            authorization=request.headers.get("authorization", ""),
            is_https=request.is_https,
        )
        return authenticate(
            sent,
            store.keys,
            home=store.home,
            clock=store.signature_clock(),
            basic_over_http=store.settings.basic_over_http,
        )

    def _match(self, path: str) -> tuple[Route, tuple[int, ...], dict[str, str]]:
        if self._routes_for is not self._store.settings:
            self._routes = route_table(self._store)
            self._routes_for = self._store.settings
        for route in self._routes:
            match = route.pattern.match(path)
            if match is not None:
                words = match.groupdict()
                named = set(route.pattern.groupindex.values())
                numbers = (g for n, g in enumerate(match.groups(), 1) if n not in named)
                return route, tuple(int(number) for number in numbers), words
        if path.rstrip("/") == "/wc/v3":
            return self._namespace(), (), {}
        raise no_route()

    def _namespace(self) -> Route:
        def listed(call: Call) -> Answer:
            routes = {route.template: self._described(route) for route in self._routes}
            own = {name: text for name, text in routes.items() if name.startswith("/wc/v3")}
            return Answer({"namespace": "wc/v3", "routes": own})

        root = self._routes[0]
        return Route(root.pattern, "/wc/v3", {"GET": Endpoint(listed, None)})

    def _described(self, route: Route) -> dict[str, Any]:
        namespace = route.template.split("/", 3)[1:3]
        description: dict[str, Any] = {
            "namespace": "/".join(namespace),
            "methods": list(route.methods),
            "endpoints": [
                {
                    "methods": [method],
                    "args": {name: arg.described() for name, arg in endpoint.args.items()},
                }
                for method, endpoint in route.methods.items()
            ],
        }
        if route.schema == "shop_order":
            slugs = list(self._store.settings.status_slugs)
            description["schema"] = {
                "$schema": "http://json-schema.org/draft-04/schema#",
                "title": "shop_order",
                "type": "object",
                "properties": {"status": {"type": "string", "default": "pending", "enum": slugs}},
            }
        return description

    def _call(
        self,
        request: Request,
        key: ApiKey | None,
        endpoint: Endpoint,
        numbers: tuple[int, ...],
        words: dict[str, str],
        form: PhpArray,
    ) -> Call:
        query = {name: as_json_value(value) for name, value in request.query.items()}
        body = {name: as_json_value(value) for name, value in form.items()}
        if request.body and "json" in request.headers.get("content-type", "").lower():
            body = _json_body(request.body)
        sent = {**query, **body}
        params = {**checked(endpoint.args, sent), **words}
        written = {name: params.get(name, value) for name, value in sent.items()}
        return Call(request=request, key=key, ids=numbers, params=params, sent=written)


def _body(answer: Answer, call: Call) -> bytes:
    fields = call.params.get("_fields")
    if not fields:
        return answer.encoded if answer.encoded is not None else encoded(answer.value)
    value = answer.value if answer.encoded is None else json.loads(answer.encoded)
    return encoded(narrowed(value, fields))


def _method(request: Request) -> str:
    if request.method == "POST":
        named = request.query.get("_method") or request.headers.get("x-http-method-override")
        if isinstance(named, str) and named:
            return named.upper()
    return request.method


def _form(request: Request) -> PhpArray:
    if not request.headers.get("content-type", "").lower().startswith(_FORM):
        return {}
    return parse(request.body.decode("utf-8", "surrogateescape"))


def _json_body(body: bytes) -> dict[str, Any]:
    """Read only where the content type says JSON; a body of another type is not looked at."""
    try:
        value = json.loads(body)
    except ValueError as error:
        raise invalid_json() from error
    return value if isinstance(value, dict) else {}


def _standing_headers() -> dict[str, str]:
    return {
        "X-Robots-Tag": "noindex",
        "X-Content-Type-Options": "nosniff",
        "Access-Control-Expose-Headers": "X-WP-Total, X-WP-TotalPages, Link",
        "Cache-Control": "no-cache, must-revalidate, max-age=0, no-store, private",
    }
