"""`python -m benchmarks.screens`, which bin/screens calls: a picture of every screen, from the demo.

The demo's stores are played through with some troubles left unmended; then a real Chromium opens
each address, 1440 and 390 px wide. What a browser's console says, and a page that scrolls
sideways, is told and ends in exit status 1.
"""

import argparse
import io
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from benchmarks.screen_list import BEFORE_SIGN_IN, EMPTY, SCREENS, Screen
from webapp.app import create_app
from webapp.cli import demo_shelf, demo_store
from webapp.cli.context import Context
from webapp.cli.demo_stage import Stage, run_words, staged
from webapp.cli.web import WebServer, open_server
from webapp.database import reading
from webapp.models.catalogue import Listing
from webapp.models.ledgers import Ledger
from webapp.models.mapping import Mapping as ListingMapping
from webapp.models.orders import ChannelOrder
from webapp.models.sites import Site
from webapp.models.stock import StockItem

FOLDER = Path(__file__).parent.parent / "docs" / "screens"
WIDTHS = {1440: 900, 390: 844}
TALLEST = 2600
EMAIL = "demo@tillbridge.example"
PASSWORD = "correct horse battery"  # noqa: S105 - of a home that ends with the pictures
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run")


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="screens", description=__doc__)
    parser.add_argument("--only", action="append", metavar="NAME", help="only this screen")
    parser.add_argument("--dark", action="store_true", help="in dark, too")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="docs/screens")
    arguments = parser.parse_args(argv)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        print("There is no chromium on this machine: no pictures.", file=sys.stderr)
        return 1
    from playwright.sync_api import sync_playwright

    arguments.folder.mkdir(parents=True, exist_ok=True)
    schemes = ("light", "dark") if arguments.dark else ("light",)
    faults: list[str] = []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=list(FLAGS))
        for stage, screens in _scenes(arguments.only):
            faults += _take(browser, stage, screens, arguments.folder, schemes)
        browser.close()
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


Scene = tuple[Context, list[Screen]]


def _scenes(only: Sequence[str] | None) -> Iterator[Scene]:
    """Homes with the screens to take in each: an empty one, and one in the middle of its days."""

    def wanted(screens: Sequence[Screen]) -> list[Screen]:
        return [each for each in screens if not only or each.name in only]

    first, empty, full = wanted(BEFORE_SIGN_IN), wanted(EMPTY), wanted(SCREENS)
    if empty:
        with _empty_home() as context:
            yield context, empty
    if first or full:
        with _played() as stage:
            yield stage.context, [*first, *full]


@contextmanager
def _empty_home() -> Iterator[Context]:
    with tempfile.TemporaryDirectory(prefix="tillbridge-screens-") as home:
        context = Context(environment={"TILLBRIDGE_HOME": home, **_admin()})
        run_words(context, "init")
        yield context
        context.close()


@contextmanager
def _played() -> Iterator[Stage]:
    """Two stores: one mended and paid out, the other as its first pull left it."""
    with tempfile.TemporaryDirectory(prefix="tillbridge-screens-") as home:
        os.environ["TILLBRIDGE_HOME"] = home
        with staged("screens", wants_json=True, admin=_admin()) as stage:
            stage.told = io.StringIO()  # the story is for those who watch the demo
            for story in stage.stories:
                story.plant()
            demo_shelf.open_stores(stage)
            demo_shelf.count_the_shelf(stage)
            for position, story in enumerate(stage.stories):
                demo_store.connect(stage, story)
                demo_store.pull_first(stage, story, with_fault=False)
                if position:
                    demo_store.mend_troubles(stage, story)
                    demo_store.a_day(stage, story)
            demo_shelf.push_stock(stage)
            demo_shelf.share_the_shelf(stage, [])
            demo_shelf.pay_out(stage, [])
            yield stage


def _admin() -> dict[str, str]:
    return {"TILLBRIDGE_ADMIN_EMAIL": EMAIL, "TILLBRIDGE_ADMIN_PASSWORD": PASSWORD}


def _take(
    browser: Any, context: Context, screens: Sequence[Screen], folder: Path, schemes: Sequence[str]
) -> list[str]:
    faults: list[str] = []
    with _served(context) as address:
        values = _values(context.engine)
        for width, height in WIDTHS.items():
            for scheme in schemes:
                page = browser.new_page(
                    viewport={"width": width, "height": height}, color_scheme=scheme
                )
                _listen(page, faults)
                ending = f"{width}.png" if scheme == "light" else f"{width}-{scheme}.png"
                is_signed_in = False
                for screen in screens:
                    if not screen.is_before_sign_in and not is_signed_in:
                        _sign_in(page, address)
                        is_signed_in = True
                    path = folder / f"{screen.name}-{ending}"
                    faults += _picture(page, address, screen, values, path)
                page.close()
    return faults


def _listen(page: Any, faults: list[str]) -> None:
    """What the console says; that a page is missing is said where it is meant, too."""

    def heard(said: Any) -> None:
        if "status of 404" not in said.text and "status of 403" not in said.text:
            faults.append(f"console at {page.url}: {said.text}")

    page.on("console", heard)
    page.on("pageerror", lambda error: faults.append(f"script at {page.url}: {error}"))


def _picture(
    page: Any, address: str, screen: Screen, values: Mapping[str, str], path: Path
) -> list[str]:
    said = page.goto(address + screen.path.format(**values))
    page.wait_for_load_state("networkidle")
    for selector in screen.clicks:
        page.locator(selector).first.click()
        page.wait_for_load_state("networkidle")
    height = page.evaluate("document.documentElement.scrollHeight")
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    clip = {"x": 0, "y": 0, "width": page.viewport_size["width"], "height": min(height, TALLEST)}
    page.screenshot(path=path, full_page=True, clip=clip)
    faults = [] if wide <= 0 else [f"{path.name}: scrolls {wide} px sideways"]
    if said is not None and said.status >= 400 and screen.status != said.status:
        faults.append(f"{path.name}: {said.status} for {page.url}")
    return faults


def _sign_in(page: Any, address: str) -> None:
    page.goto(f"{address}/sign-in")
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{address}/")


@contextmanager
def _served(context: Context) -> Iterator[str]:
    app = create_app(context.config, engine=context.engine)
    server: WebServer = open_server(app, "127.0.0.1", 0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield server.url
    server.close()


def _values(engine: Engine) -> dict[str, str]:
    """What stands in the addresses: ids of things that show the screen well."""
    with reading(engine) as session:
        found = {"site": session.scalar(select(Site.id).order_by(Site.id).limit(1))}
        found["market"] = session.scalar(select(Site.id).order_by(Site.id.desc()).limit(1))
        for state in ("synced", "blocked", "skipped"):
            query = select(ChannelOrder.id).where(ChannelOrder.state == state)
            found[state] = session.scalar(query.order_by(ChannelOrder.id).limit(1))
        found["shipped"] = session.scalar(
            select(ChannelOrder.id).where(ChannelOrder.status == "completed").limit(1)
        )
        found["market_order"] = session.scalar(
            select(ChannelOrder.id)
            .where(ChannelOrder.site_id == found["market"], ChannelOrder.state == "synced")
            .limit(1)
        )
        mapped = select(ListingMapping.listing_id).where(ListingMapping.is_current)
        found["unmapped"] = session.scalar(
            select(Listing.id).where(Listing.id.not_in(mapped)).limit(1)
        )
        found["listing"] = session.scalar(mapped.limit(1))
        found["item"] = session.scalar(select(StockItem.id).order_by(StockItem.id).limit(1))
        found["ledger"] = session.scalar(select(Ledger.id).where(Ledger.code == "1150"))
        found["platform"] = session.scalar(select(Site.platform).order_by(Site.id).limit(1))
        return {name: str(value) for name, value in found.items()}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
