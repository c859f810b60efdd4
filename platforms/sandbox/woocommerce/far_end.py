"""What stands behind the socket of a local WooCommerce store: a WordPress host."""

from collections.abc import Callable

from platforms.sandbox.control import ControlDoor
from platforms.sandbox.faults import Fault
from platforms.sandbox.wire import Response, WireRequest
from platforms.sandbox.woocommerce.exchange import Request
from platforms.sandbox.woocommerce.fault_pages import instead_of_work, spoilt
from platforms.sandbox.woocommerce.php_query import parse
from platforms.sandbox.woocommerce.rest_api import RestApi
from platforms.sandbox.woocommerce.world import WooStore


class WordPressHost:
    """The `FarEnd` of one store."""

    server_name = "Apache"

    def __init__(self, store: WooStore, *, shift: Callable[[], None], door: ControlDoor) -> None:
        self._store = store
        self._api = RestApi(store)
        self._door = door
        self.shift = shift

    def clock(self) -> float:
        return self._store.clock()

    def answer(self, request: WireRequest) -> Response:
        forwarded = self._store.settings.trust_forwarded_proto
        is_https = request.is_tls or (
            forwarded and request.headers.get("x-forwarded-proto", "").lower() == "https"
        )
        return self._api.answer(
            Request(
                method=request.method,
                path=request.path,
                raw_query=request.raw_query,
                query=parse(request.raw_query),
                headers=request.headers,
                body=request.body,
                is_https=is_https,
            )
        )

    def control(self, request: WireRequest) -> Response:
        return self._door.answer(request)

    def instead_of_work(self, fault: Fault, request: WireRequest) -> Response | None:
        return instead_of_work(fault, request)

    def spoilt(self, fault: Fault, response: Response) -> Response:
        return spoilt(fault, response)

    def resource(self, path: str) -> str:
        for mark in ("/wc/v3", "/wc-shipment-tracking/v3"):
            if mark in path:
                return path.partition(mark)[2] or "/"
        return path

    def generic(self, path: str) -> str:
        """Ids in paths as `<id>`."""
        parts = self.resource(path).split("/")
        return "/".join("<id>" if part.isdigit() else part for part in parts)
