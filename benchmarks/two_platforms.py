"""A home with a store of each platform on one shelf, set up by the commands that people type."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Any

from platforms.sandbox import shopee, woocommerce
from platforms.sandbox.goods import StockRow
from webapp.backoffice.files.sheets import write_sheet_file
from webapp.backoffice.goods import stock_sheet
from webapp.cli.context import Context
from webapp.cli.demo_stage import run_words
from webapp.cli.sandbox import write_files


@dataclass(frozen=True, slots=True)
class Storefront:
    """One store, where buyers order and where the quantity shown is read. `site`: its name here."""

    site: str
    sandbox: woocommerce.Sandbox | shopee.Sandbox

    def sell(self, sku: str) -> str:
        """One paid order of one piece; its number."""
        if isinstance(self.sandbox, shopee.Sandbox):
            return self.sandbox.store.place_order(lines=[shopee.Sold(product=sku)])
        return str(self.sandbox.store.place_order(lines=[woocommerce.Sold(product=sku)]))

    def shown(self, sku: str) -> int:
        """How many pieces the store offers just now."""
        if isinstance(self.sandbox, shopee.Sandbox):
            return self.sandbox.store.products.stock(sku)
        return int(self.sandbox.store.product(sku)["stock_quantity"])


@contextmanager
def two_storefronts(products: int) -> Iterator[tuple[Storefront, Storefront]]:
    """A shop of its own and one on a marketplace, which list the same goods HOME-0001 and on."""
    with (
        woocommerce.open_sandbox(products=products) as shop,
        shopee.open_sandbox(products=products) as market,
    ):
        yield Storefront("shop", shop), Storefront("market", market)


def sku_of(number: int) -> str:
    """The stock item behind the `number`th of the goods that both stores list, from 1."""
    return f"HOME-{number:04d}"


def environment_of(home: Path, key: str) -> dict[str, str]:
    """What the commands of a home are given: SQLite and the bundled server, local stores let in."""
    return {
        "TILLBRIDGE_HOME": str(home),
        "TILLBRIDGE_ALLOW_PRIVATE_STORES": "1",
        "TILLBRIDGE_ENCRYPTION_KEYS": key,
        "TILLBRIDGE_SECRET_KEY": token_hex(16),
        "DATABASE_URL": "",
        "REDIS_URL": "",
    }


def set_up(
    context: Context,
    storefronts: Sequence[Storefront],
    *,
    every: int | None = None,
    pieces: Mapping[str, int] | None = None,
) -> None:
    """`init`, and both stores applied, counted, mapped, their first push seen.

    `every`: seconds between pulls, and between pushes; None: as the product has it. `pieces`: on
    the shelf of some stock items, where it is not what the stores show.
    """
    files = context.config.home / "files"
    run_words(context, "init")
    for at, storefront in enumerate(storefronts):
        own = files / storefront.site
        declaration: dict[str, Any] = storefront.sandbox.declaration(storefront.site)
        if every is not None:
            declaration["integration"] |= {"pull_every": every, "push_every": every}
        write_files(own, declaration, storefront.sandbox)
        run_words(context, "site", "apply", str(own / "site.json"))
        if not at:
            counted = _counted(storefronts, pieces or {})
            write_sheet_file(files / "stock.csv", stock_sheet.COLUMNS[:3], counted)
            run_words(context, "stock", "import", str(files / "stock.csv"))
        run_words(context, "catalogue", "pull", storefront.site)
        run_words(context, "mapping", "import", storefront.site, str(own / "mapping.csv"))
        run_words(context, "push", storefront.site, "--dry-run")


def _counted(storefronts: Sequence[Storefront], pieces: Mapping[str, int]) -> list[StockRow]:
    """One row for each stock item of all the stores."""
    rows = {row[0]: row for each in reversed(storefronts) for row in each.sandbox.stock_rows()}
    return [(sku, name, pieces.get(sku, found)) for sku, name, found in rows.values()]
