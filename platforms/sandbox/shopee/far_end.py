"""What stands behind the socket of a local Shopee store: the platform's edge."""

from collections.abc import Callable

from platforms.sandbox.control import ControlDoor
from platforms.sandbox.faults import Fault
from platforms.sandbox.shopee.consent_pages import PAGES, consent_page
from platforms.sandbox.shopee.errors import ShopeeError
from platforms.sandbox.shopee.fault_pages import instead_of_work, spoilt
from platforms.sandbox.shopee.gateway import API_PREFIX, Gateway
from platforms.sandbox.shopee.world import ShopeeStore
from platforms.sandbox.wire import Response, WireRequest


class Edge:
    """The `FarEnd` of one store."""

    server_name = "SGW"

    def __init__(self, store: ShopeeStore, *, shift: Callable[[], None], door: ControlDoor) -> None:
        self._store = store
        self._gateway = Gateway(store)
        self._door = door
        self.shift = shift

    def clock(self) -> float:
        return self._store.clock()

    def answer(self, request: WireRequest) -> Response:
        if request.path not in PAGES or request.method != "GET":
            return self._gateway.answer(request)
        try:
            return consent_page(self._store, request)
        except ShopeeError as error:
            return self._gateway.refusal(error)

    def control(self, request: WireRequest) -> Response:
        return self._door.answer(request)

    def instead_of_work(self, fault: Fault, request: WireRequest) -> Response | None:
        status = self._store.settings.rate_limit_status
        return instead_of_work(fault, request, rate_limit_status=status)

    def spoilt(self, fault: Fault, response: Response) -> Response:
        return spoilt(fault, response)

    def resource(self, path: str) -> str:
        return path.removeprefix(API_PREFIX)

    def generic(self, path: str) -> str:
        """Paths carry no ids here: they are counted as they are."""
        return self.resource(path)
