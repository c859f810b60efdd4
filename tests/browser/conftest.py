"""Chromium on the real application, served on a port of its own. Skipped aloud where it is missing."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from waitress.server import create_server

from tests.admin.conftest import config_for_tests, shop, shop_engine, shop_template
from tests.admin.shop import PASSWORD, PEOPLE
from webapp.app import create_app

__all__ = ["shop", "shop_engine", "shop_template"]

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of this folder drives a browser."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="BROWSER TESTS SKIPPED: no chromium"))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def address(shop_engine: Engine, encryption_keys: tuple[str, ...], tmp_path: Path) -> Iterator[str]:
    """The application on this test's shop, served; its address."""
    app = create_app(config_for_tests(encryption_keys, tmp_path), engine=shop_engine)
    server = create_server(app, host="127.0.0.1", port=0, threads=4)

    def serve() -> None:
        with suppress(OSError):  # its sockets are closed under it at the end
            server.run()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    thread.join(timeout=5)


class Desk:
    """A person at a browser, whose console must stay empty."""

    def __init__(self, page: Any, address: str, *, is_scripted: bool = True) -> None:
        self.page = page
        self.is_scripted = is_scripted
        self.address = address
        self.console: list[str] = []
        page.on("console", lambda message: self.console.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.console.append(f"error: {error}"))

    def open(self, path: str) -> None:
        self.page.goto(self.address + path)

    def sign_in(self, role: str) -> None:
        self.open("/sign-in")
        self.page.get_by_label("Email").fill(PEOPLE[role])
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url(f"{self.address}/")


@pytest.fixture(params=["with script", "without script"])
def desk(request: pytest.FixtureRequest, chromium: Any, address: str) -> Iterator[Desk]:
    """A wide window; the journey runs with script on and with script off."""
    is_scripted = request.param == "with script"
    context = chromium.new_context(
        viewport={"width": 1440, "height": 900}, java_script_enabled=is_scripted
    )
    desk = Desk(context.new_page(), address, is_scripted=is_scripted)
    yield desk
    context.close()
    assert desk.console == []


@pytest.fixture
def phone(chromium: Any, address: str) -> Iterator[Desk]:
    """A narrow window."""
    context = chromium.new_context(viewport={"width": 390, "height": 800})
    desk = Desk(context.new_page(), address)
    yield desk
    context.close()
    assert desk.console == []
