"""A local store that serves from a thread: what is the same for every platform."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Thread
from types import TracebackType
from typing import Any, Self

from platforms.sandbox.faults import FaultPlan
from platforms.sandbox.request_log import RequestLog
from platforms.sandbox.server import SandboxServer

ORDERS_FROM = datetime(2026, 1, 1, tzinfo=UTC)
"""Before every generated order; the catalogue is this old."""
FIRST_GENERATED = datetime(2026, 3, 12, tzinfo=UTC)
LAST_GENERATED = datetime(2026, 10, 31, tzinfo=UTC)

LEDGERS: dict[str, str | None] = {
    "platform_fees": "6100",
    "customer_payment": "1150",
    "delivery": "4200",
    "sales_revenue": "4000",
    "discount": "4900",
    "tax": "2200",
    "refunds": None,
    "rounding": None,
    "bank": "1000",
    "cost_of_goods_sold": None,
    "inventory": None,
}
"""The wiring of a declaration, on the chart that a new home begins with."""


class LocalStore(ABC):
    """One local store with its socket, log and faults.

    Use it as a context manager, or `start()` and `stop()`; `serve_forever()` blocks.
    """

    faults: FaultPlan
    cases: dict[str, Any]
    """Case to order id."""
    _server: SandboxServer
    _thread: Thread | None = None

    @property
    def log(self) -> RequestLog:
        """Every request so far: `.requests`, `.counts()`, `.clear()`."""
        return self._server.log

    @abstractmethod
    def play(self, case: str, *, at: datetime | None = None) -> None:
        """The later act of a case; `at` None: now."""

    def send_notices_to(self, url: str) -> None:
        """Tell this address of what happens from now on, signed so that `credentials` tell it."""
        raise NotImplementedError

    def notice_headers(self, url: str, body: bytes) -> Mapping[str, str]:
        """The headers that this body would have if the store sent it to this address."""
        raise NotImplementedError

    @abstractmethod
    def stop_sending(self) -> None:
        """End the threads with which the store itself calls others."""

    def start(self) -> Self:
        """Serve from a background thread."""
        serve: Callable[..., None] = self._server.serve_forever
        name = type(self).__module__.removeprefix("platforms.")
        self._thread = Thread(target=serve, args=(0.05,), name=name, daemon=True)
        self._thread.start()
        return self

    def serve_forever(self) -> None:
        """Serve from this thread until `stop` is called from another."""
        self._server.serve_forever(0.2)

    def stop(self) -> None:
        self.stop_sending()
        self._go_silent()
        self._server.server_close()

    @contextmanager
    def unplugged(self) -> Iterator[None]:
        """Its address refuses connections, open ones end; what happens in the store goes on."""
        self._go_silent()
        self._server.refuse()
        try:
            yield
        finally:
            self._server.server_activate()
            self.start()

    def _go_silent(self) -> None:
        if self._thread is not None:
            self._server.shutdown()
            self._thread.join(5)
            self._thread = None
        self._server.hang_up()

    def __enter__(self) -> Self:
        return self.start() if self._thread is None else self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
