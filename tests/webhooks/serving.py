"""The real web server on a port of its own, and stores that send to it."""

import http.client
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import Engine
from waitress.server import create_server

from jobs.runtime import Runtime
from platforms import registry
from tests.admin.conftest import config_for_tests
from tests.stores import connect_shop
from webapp.admin.frame import session
from webapp.backoffice.sites import notices
from webapp.backoffice.sites.notices import WaitingNotice
from webapp.backoffice.sites.subscriptions import (
    Standing,
    notice_address,
    request_subscription,
    standing_of,
)
from webapp.database import reading, utc_now, writing
from webapp.models.sites import Site
from webapp.webhooks import DOOR, WebhookDoor


@dataclass(slots=True)
class Served:
    """Tillbridge as the world reaches it."""

    app: Flask
    engine: Engine
    url: str

    @property
    def door(self) -> WebhookDoor:
        door: WebhookDoor = self.app.extensions[DOOR]
        return door

    @property
    def runtime(self) -> Runtime:
        return Runtime(engine=self.engine, allow_private_stores=True, public_url=self.url)

    def send(
        self, path: str, body: bytes, headers: Mapping[str, str] | None = None, method: str = "POST"
    ) -> http.client.HTTPResponse:
        """One request on a connection of its own; the answer, its body read (`.said`)."""
        parts = urlsplit(self.url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
        try:
            connection.request(method, path, body, dict(headers or {}))
            answer: Any = connection.getresponse()
            answer.said = answer.read()
        finally:
            connection.close()
        found: http.client.HTTPResponse = answer
        return found

    def address(self, site_id: int) -> str:
        """Where this site's store sends to."""
        with reading(self.engine) as opened:
            name = opened.get_one(Site, site_id).platform
        return notice_address(self.url, registry.get(name), site_id)

    def waiting(self, site_id: int) -> list[WaitingNotice]:
        with reading(self.engine) as opened:
            return notices.waiting_of(opened, site_id)

    def ask_for_notices(self, site_id: int) -> None:
        with writing(self.engine) as opened:
            request_subscription(opened, site_id, utc_now())

    def standing(self, site_id: int) -> Standing:
        with reading(self.engine) as opened:
            found = standing_of(opened, site_id)
        assert found is not None
        return found

    def counted(self) -> dict[str, int]:
        return {what: count for what, count in self.door.tally.counts().items() if count}


@contextmanager
def serve(app: Flask, engine: Engine, keys: tuple[str, ...], home: Path) -> Iterator[Served]:
    """The application on this database, on a real socket, told its own address."""
    server = create_server(app, host="127.0.0.1", port=0, threads=8)
    url = f"http://127.0.0.1:{server.effective_port}"
    config = replace(config_for_tests(keys, home), public_url=url)
    session.stand_on(app, config, engine)
    served = Served(app, engine, url)
    door = WebhookDoor(app.extensions[DOOR]._behind, _backing(app))
    app.extensions[DOOR] = door
    app.wsgi_app = door  # type: ignore[method-assign]

    def run() -> None:
        with suppress(OSError):  # its sockets are closed under it at the end
            server.run()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.close()
        thread.join(timeout=5)


def _backing(app: Flask) -> Callable[[], Any]:
    def backing() -> Any:
        stands: session.Backing = app.extensions[session.EXTENSION]
        return stands.config, stands.engine

    return backing


def connect(engine: Engine, sandbox: Any, platform: str, **given: Any) -> int:
    """A store as a site, with the keys that a person would type in; its catalogue mapped."""
    known = registry.get(platform)
    values: dict[str, Any] = {
        "platform": platform,
        "credentials": {name: str(value) for name, value in sandbox.credentials.items()},
        "automation": {"import_statuses": list(known.default_statuses)},
        "posting": {"tax_collected_by": known.tax_collected_by},
        **given,
    }
    return connect_shop(engine, sandbox, **values)
