"""`stock`: counted quantities in, one stock item shown, a store's own numbers taken over."""

import argparse
from pathlib import Path

from webapp.backoffice.files.sheets import read_sheet_file
from webapp.backoffice.goods.adopting import StockAdoption, StockView, adopt_stock, show_stock
from webapp.backoffice.goods.counting import import_stock
from webapp.backoffice.goods.stock_sheet import COLUMNS
from webapp.cli.arguments import moment
from webapp.cli.context import ACTOR, Context, site_named
from webapp.cli.faults import CommandFault, UsageFault
from webapp.cli.output import Answer
from webapp.cli.sheet_faults import wrong_rows
from webapp.cli.tables import count, table
from webapp.database import utc_now

SHOWN = 20


def declare(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(metavar="ACT", required=True)
    bring = acts.add_parser(
        "import", help="counted quantities from a sheet: sku, name, on_hand, cost"
    )
    bring.add_argument("file", metavar="FILE")
    bring.add_argument(
        "--shelf",
        action="store_true",
        help="the count includes pieces that are sold but not packed yet",
    )
    bring.add_argument(
        "--counted-at", type=moment, metavar="T", help="when it was counted: sales since stay sold"
    )
    bring.set_defaults(run=run_import)
    show = acts.add_parser("show", help="one stock item and what each listing of it should show")
    show.add_argument("sku", metavar="SKU")
    show.set_defaults(run=run_show)
    adopt = acts.add_parser("adopt", help="take a store's own numbers as the opening count")
    adopt.add_argument("name", metavar="NAME", help="the site")
    adopt.add_argument(
        "--dry-run", action="store_true", help="say what it would do, change nothing"
    )
    adopt.set_defaults(run=run_adopt)


def run_import(arguments: argparse.Namespace, context: Context) -> Answer:
    now = utc_now()
    if arguments.counted_at and arguments.counted_at > now:
        raise UsageFault("--counted-at lies in the future.")
    with context.writing() as session:
        sheet = read_sheet_file(Path(arguments.file), COLUMNS, needed=("sku", "on_hand"))
        done = import_stock(
            session,
            sheet,
            now=now,
            actor=ACTOR,
            shelf=arguments.shelf,
            counted_at=arguments.counted_at,
        )
        if done.errors:
            raise wrong_rows(arguments.file, done.errors)
    data = {
        "rows": done.rows,
        "created": done.created,
        "moved": done.moved,
        "unchanged": done.unchanged,
    }
    text = (
        f"{count(done.rows, 'row')} read: {count(done.created, 'stock item')} made, "
        f"{done.moved:,} moved to the count, {done.unchanged:,} as before."
    )
    return Answer(data=data, text=text)


def run_show(arguments: argparse.Namespace, context: Context) -> Answer:
    with context.reading() as session:
        view = show_stock(session, arguments.sku)
    if view is None:
        raise CommandFault(
            "unknown_stock_item",
            f"There is no stock item {arguments.sku!r}.",
            "Stock items come with: bin/tillbridge stock import FILE",
        )
    data = {
        "sku": view.sku,
        "name": view.name,
        "on_hand": view.on_hand,
        "reserved": view.reserved,
        "available": view.available,
        "counted": view.is_counted,
        "listings": [
            {"site": each.site, "listing_id": each.listing_id, "quantity": each.quantity}
            for each in view.listings
        ],
    }
    return Answer(data=data, text=lambda: _show_text(view))


def run_adopt(arguments: argparse.Namespace, context: Context) -> Answer:
    with context.writing() as session:
        site = site_named(session, arguments.name)
        done = adopt_stock(session, site, now=utc_now(), actor=ACTOR, dry_run=arguments.dry_run)
    data = {
        "rows": done.rows,
        "moved": done.moved,
        "unchanged": done.unchanged,
        "skipped": [
            {"listing_id": each.listing_id, "reason": each.reason} for each in done.skipped
        ],
    }
    return Answer(
        data=data, text=lambda: _adopt_text(arguments.name, done, dry_run=arguments.dry_run)
    )


def _show_text(view: StockView) -> str:
    counted = "" if view.is_counted else ", never counted: it is not pushed"
    lines = [
        f"{view.sku}  {view.name}",
        f"on hand {view.on_hand:,}, reserved {view.reserved:,}, available {view.available:,}{counted}",
    ]
    rows = [
        (each.site, each.listing_id, "–" if each.quantity is None else f"{each.quantity:,}")
        for each in view.listings
    ]
    shown = table(("site", "listing", "should show"), rows, right=("should show",))
    lines.append(shown or "No listing is mapped to it.")
    return "\n".join(lines)


def _adopt_text(site: str, done: StockAdoption, *, dry_run: bool) -> str:
    verb = "would be moved" if dry_run else "moved"
    lines = [
        f"{site}: {count(done.rows, 'stock item')} seen, {done.moved:,} {verb} so that available is what the "
        f"store shows, {done.unchanged:,} as before."
    ]
    lines += [
        f"  left out: listing {each.listing_id}, {each.reason}" for each in done.skipped[:SHOWN]
    ]
    if len(done.skipped) > SHOWN:
        lines.append(f"  … and {len(done.skipped) - SHOWN:,} more left out; --json lists them all.")
    if dry_run:
        lines.append("This was a dry run: nothing was changed.")
    return "\n".join(lines)
