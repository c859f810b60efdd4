"""`sandbox PLATFORM`: a local store over the real protocol, until it is stopped."""

import argparse
import json
import pkgutil
from importlib import import_module
from pathlib import Path
from typing import Any

import platforms.sandbox
from webapp.backoffice.files.sheets import write_sheet_file
from webapp.backoffice.goods import mapping, stock_sheet
from webapp.cli.arguments import port
from webapp.cli.context import Context
from webapp.cli.faults import UsageFault
from webapp.cli.output import Answer, complain, print_json
from webapp.cli.stopping import until_stopped, wait_forever


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("platform", choices=sandbox_names(), help="which kind of store")
    parser.add_argument("--port", type=port, default=0, metavar="N", help="0: any free one")
    parser.add_argument(
        "--orders", type=natural, default=0, metavar="N", help="how many orders to start with"
    )
    parser.add_argument(
        "--products",
        type=natural,
        default=0,
        metavar="N",
        help="simple products beside the fixed ones",
    )
    parser.add_argument(
        "--seed", type=natural, default=1, metavar="N", help="the same seed gives the same store"
    )
    parser.add_argument(
        "--faults",
        default="",
        metavar="SPEC",
        help="faults by chance, such as 429=0.05:1,drop=0.02",
    )
    parser.add_argument("--name", default="main", help="the site's name in the declaration")
    parser.add_argument(
        "--files", metavar="FOLDER", help="also write site.json, stock.csv and mapping.csv there"
    )
    parser.set_defaults(run=run)


def natural(text: str) -> int:
    """A whole number from 0, for argparse."""
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError("must be 0 or more")
    return number


def sandbox_names() -> list[str]:
    """The platforms that a local store can play."""
    return sorted(
        each.name for each in pkgutil.iter_modules(platforms.sandbox.__path__) if each.ispkg
    )


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    opening = import_module(f"platforms.sandbox.{arguments.platform}").open_sandbox
    try:
        sandbox = opening(
            port=arguments.port,
            orders=arguments.orders,
            products=arguments.products,
            seed=arguments.seed,
            faults=arguments.faults,
        )
    except ValueError as fault:
        raise UsageFault(f"--faults: {fault}") from fault
    declaration = sandbox.declaration(arguments.name)
    if arguments.files:
        write_files(Path(arguments.files), declaration, sandbox)
    with sandbox, until_stopped():
        if context.wants_json:
            print_json({"url": sandbox.url, "site": declaration})
        else:
            print(f"ready {sandbox.url}")
            print(json.dumps(declaration, indent=2), flush=True)
            complain(
                "Apply it with: TILLBRIDGE_ALLOW_PRIVATE_STORES=1 bin/tillbridge site apply FILE.json"
            )
            complain("Ctrl-C stops the store; it forgets everything.")
        wait_forever()  # the store serves from a thread of its own
    return Answer(data={}, is_said=True)


def write_files(folder: Path, declaration: dict[str, Any], sandbox: Any) -> None:
    """The declaration, the count and the mapping of a sandbox, as files that commands take."""
    folder.mkdir(parents=True, exist_ok=True)
    site = json.dumps(declaration, indent=2, ensure_ascii=False)
    (folder / "site.json").write_text(site + "\n", encoding="utf-8")
    write_sheet_file(folder / "stock.csv", stock_sheet.COLUMNS[:3], sandbox.stock_rows())
    write_sheet_file(
        folder / "mapping.csv",
        mapping.COLUMNS,
        [tuple(row.get(column) for column in mapping.COLUMNS) for row in sandbox.mapping_rows()],
    )
