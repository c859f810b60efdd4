"""`site`: stores, as declarations in and out, listed, and their connection tested."""

import argparse
import json
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import select

from platforms import registry
from platforms.addresses import is_public
from platforms.money import decode_json
from webapp.backoffice.setup.declaration_checks import private_addresses
from webapp.backoffice.setup.declaration_fields import DeclarationFault
from webapp.backoffice.setup.declarations import (
    AppliedSite,
    DeclarationRefused,
    apply_declarations,
    export_declaration,
)
from webapp.backoffice.states import counts_by_state
from webapp.cli.context import ACTOR, Context, site_named
from webapp.cli.faults import CommandFault
from webapp.cli.output import Answer, plain_data
from webapp.cli.site_test import run as run_test
from webapp.cli.tables import at, count, cut, goes, states_text, table
from webapp.cli.whole_files import write_whole
from webapp.database import utc_now
from webapp.models.sites import Site

# As JSON writes it; the byte itself is refused as JSON.
NUL = rb"\u0000"


def declare(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(metavar="ACT", required=True)
    apply = acts.add_parser("apply", help="make or change sites as a JSON file declares")
    apply.add_argument("file", metavar="FILE")
    apply.add_argument(
        "--replace-tokens",
        action="store_true",
        help="take the file's tokens, even over ones that were renewed since",
    )
    apply.set_defaults(run=run_apply)
    export = acts.add_parser("export", help="a site as a declaration, without its secrets")
    export.add_argument("name", metavar="NAME", help="the site")
    export.add_argument("file", metavar="FILE")
    export.set_defaults(run=run_export)
    acts.add_parser("list", help="every site, with its orders by state").set_defaults(run=run_list)
    test = acts.add_parser("test", help="the connection, step by step, and what to mend")
    test.add_argument("name", metavar="NAME", help="the site")
    test.set_defaults(run=run_test)


def run_apply(arguments: argparse.Namespace, context: Context) -> Answer:
    raw = _read(Path(arguments.file))
    engine_first = context.engine
    assert engine_first is not None  # noqa: S101
    allows = context.config.allow_private_stores
    private = private_addresses(raw, is_public, allow_private=allows)
    with context.writing() as session:
        try:
            applied = apply_declarations(
                session,
                raw,
                platforms={name: registry.get(name) for name in registry.names()},
                now=utc_now(),
                actor=ACTOR,
                private=private,
                replace_tokens=arguments.replace_tokens,
            )
        except DeclarationRefused as refused:
            raise _refusal(arguments.file, refused.faults) from refused
    return Answer(
        data={"sites": [_applied(site) for site in applied]},
        text="\n".join(_applied_text(site) for site in applied),
        warnings=tuple(f"{site.name}: {said}" for site in applied for said in site.warnings),
    )


def run_export(arguments: argparse.Namespace, context: Context) -> Answer:
    with context.reading() as session:
        declaration = plain_data(export_declaration(session, site_named(session, arguments.name)))
    body = json.dumps(declaration, indent=2, ensure_ascii=False) + "\n"
    write_whole(Path(arguments.file), iter((body,)))
    return Answer(
        data={"site": declaration},
        text=f"{arguments.name} written to {arguments.file}, without its credentials.",
    )


def run_list(arguments: argparse.Namespace, context: Context) -> Answer:
    with context.reading() as session:
        sites = session.scalars(select(Site).order_by(Site.name)).all()
        rows = [(site, counts_by_state(session, site.id)) for site in sites]
    return Answer(
        data={"sites": [_listed(site, states) for site, states in rows]},
        text=lambda: _list_text(rows),
    )


def _read(path: Path) -> Any:
    body = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    if NUL in body:
        raise _not_json(path, "it holds the character U+0000, which no text has")
    try:
        return decode_json(body)
    except (msgspec.DecodeError, UnicodeDecodeError, ArithmeticError, RecursionError) as fault:
        why = str(fault)
        if isinstance(fault, UnicodeDecodeError):
            why = f"its characters are not UTF-8 ({fault.reason} at byte {fault.start})"
        elif not isinstance(fault, msgspec.DecodeError):
            why = "it holds a number or a nesting without end"
        raise _not_json(path, why) from fault


def _not_json(path: Path, why: str) -> CommandFault:
    return CommandFault(
        "unreadable_file",
        f"{path} is not JSON: {why}.",
        "A declaration is one JSON object, or a list of them.",
        [{"key": "", "message": f"The file is not JSON: {why}."}],
    )


def _refusal(file: str, faults: tuple[DeclarationFault, ...]) -> CommandFault:
    errors = [
        {"key": fault.key, "message": fault.message, **({"site": fault.site} if fault.site else {})}
        for fault in faults
    ]
    return CommandFault(
        "wrong_declaration",
        f"Nothing of {file} was applied: {count(len(errors), 'key is', 'keys are')} wrong.",
        "Mend these keys and apply the file again.",
        errors,
    )


def _applied(site: AppliedSite) -> dict[str, Any]:
    return {
        "name": site.name,
        "platform": site.platform,
        "created": site.created,
        "changed": list(site.changed),
        "requeued": site.requeued,
    }


def _applied_text(site: AppliedSite) -> str:
    if site.created:
        return f"{site.name}: made. Test it: bin/tillbridge site test {site.name}"
    if not site.changed:
        return f"{site.name}: as it was."
    freed = f" {goes(site.requeued)} through again." if site.requeued else ""
    return f"{site.name}: changed {', '.join(site.changed)}.{freed}"


def _listed(site: Site, states: dict[str, int]) -> dict[str, Any]:
    return {
        "name": site.name,
        "platform": site.platform,
        "url": site.url,
        "enabled": site.enabled,
        "last_pull_at": site.last_pull_at,
        "last_push_at": site.last_push_at,
        "states": states,
        "stopped": None
        if site.stopped_at is None
        else {
            "at": site.stopped_at,
            "code": site.stopped_code,
            "message": site.stopped_message,
        },
    }


def _list_text(rows: list[tuple[Site, dict[str, int]]]) -> str:
    if not rows:
        return "No site is connected yet. Connect one: bin/tillbridge site apply FILE.json"
    lines = [
        table(
            ("site", "platform", "address", "last pull", "last push", "orders"),
            [
                (
                    site.name,
                    site.platform,
                    cut(site.url, 40),
                    at(site.last_pull_at),
                    at(site.last_push_at),
                    states_text(states),
                )
                for site, states in rows
            ],
        )
    ]
    for site, _ in rows:
        if site.stopped_at is not None:
            lines.append(
                f"{site.name} is STOPPED since {at(site.stopped_at)}: {site.stopped_message}"
            )
    return "\n".join(lines)
