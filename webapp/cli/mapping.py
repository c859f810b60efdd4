"""`mapping`: which listing is which stock item, as a sheet in and out, or by equal SKUs."""

import argparse
from pathlib import Path

from webapp.backoffice.files.sheets import SheetProblem, read_sheet_file, sheet_bytes
from webapp.backoffice.goods.mapping import (
    COLUMNS,
    AutoMapping,
    MappingImport,
    auto_map,
    export_mapping,
    import_mapping,
)
from webapp.backoffice.goods.mapping_sheet import lacking
from webapp.cli.context import ACTOR, Context, site_named
from webapp.cli.output import Answer, fault_lines
from webapp.cli.sheet_faults import problem_rows, unreadable
from webapp.cli.tables import count, goes
from webapp.cli.whole_files import write_whole
from webapp.database import utc_now


def declare(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(metavar="ACT", required=True)
    bring = acts.add_parser("import", help="apply a mapping sheet (CSV, XLSX), whole or not at all")
    bring.add_argument("name", metavar="NAME", help="the site")
    bring.add_argument("file", metavar="FILE")
    bring.add_argument(
        "--dry-run", action="store_true", help="say what it would do, change nothing"
    )
    bring.add_argument(
        "--from-now",
        action="store_true",
        help="orders already processed keep the old meaning, instead of being corrected",
    )
    bring.set_defaults(run=run_import)
    take = acts.add_parser("export", help="every listing with its stock items, unmapped ones too")
    take.add_argument("name", metavar="NAME", help="the site")
    take.add_argument("file", metavar="FILE", help="a name ending in .xlsx gives XLSX, else CSV")
    take.set_defaults(run=run_export)
    auto = acts.add_parser("auto", help="map what has the same SKU on both sides, and only that")
    auto.add_argument("name", metavar="NAME", help="the site")
    auto.add_argument("--dry-run", action="store_true", help="say what it would do, change nothing")
    auto.set_defaults(run=run_auto)


def run_import(arguments: argparse.Namespace, context: Context) -> Answer:
    with context.writing() as session:
        site = site_named(session, arguments.name)
        sheet = read_sheet_file(Path(arguments.file), COLUMNS)
        missing = lacking(sheet.columns)
        if missing:
            raise unreadable(arguments.file, [SheetProblem(row=1, column="", message=missing)])
        done = import_mapping(
            session,
            site,
            sheet,
            now=utc_now(),
            actor=ACTOR,
            from_now=arguments.from_now,
            dry_run=arguments.dry_run,
        )
    errors = problem_rows(done.errors)
    data = {
        "rows": done.rows,
        "created": done.created,
        "changed": done.changed,
        "unchanged": done.unchanged,
        "removed": done.removed,
        "applied": done.applied,
        "requeued": done.requeued,
        "errors": errors,
    }
    if errors:
        said = [f"Nothing was applied: {count(len(errors), 'row is', 'rows are')} wrong."]
        said += ["  " + line for line in fault_lines(errors)]
        return Answer(
            data=data,
            complaint="\n".join(said),
            next_step="Mend these rows and import the file again; the other rows are fine.",
        )
    return Answer(data=data, text=_import_text(arguments.name, done, dry_run=arguments.dry_run))


def run_export(arguments: argparse.Namespace, context: Context) -> Answer:
    with context.reading() as session:
        site = site_named(session, arguments.name)
        rows = list(export_mapping(session, site))
    path = Path(arguments.file)
    write_whole(path, (sheet_bytes(path, COLUMNS, rows),))
    return Answer(
        data={"rows": len(rows)}, text=f"{count(len(rows), 'row')} written to {arguments.file}."
    )


def run_auto(arguments: argparse.Namespace, context: Context) -> Answer:
    with context.writing() as session:
        site = site_named(session, arguments.name)
        done = auto_map(session, site, now=utc_now(), actor=ACTOR, dry_run=arguments.dry_run)
    data = {
        "matched": done.matched,
        "ambiguous": done.ambiguous,
        "unmatched": done.unmatched,
        "requeued": done.requeued,
    }
    return Answer(data=data, text=_auto_text(arguments.name, done, dry_run=arguments.dry_run))


def _import_text(site: str, done: MappingImport, *, dry_run: bool) -> str:
    would = "would be " if dry_run else ""
    lines = [
        f"{site}: {count(done.rows, 'row')} read. Listings: {done.created:,} {would}newly mapped, "
        f"{done.changed:,} {would}changed, {done.removed:,} {would}unmapped, {done.unchanged:,} as before."
    ]
    if done.requeued:
        freed = f"{count(done.requeued, 'order')} would go" if dry_run else goes(done.requeued)
        lines.append(f"{freed} through again.")
    if dry_run:
        lines.append("This was a dry run: nothing was changed.")
    elif done.requeued:
        lines.append(f"Process them now with: bin/tillbridge pull {site}")
    return "\n".join(lines)


def _auto_text(site: str, done: AutoMapping, *, dry_run: bool) -> str:
    verb = "would be mapped" if dry_run else "mapped"
    lines = [
        f"{site}: {count(done.matched, 'listing')} {verb} by SKU, {done.ambiguous:,} with a SKU that is not "
        f"unique, {done.unmatched:,} without a match."
    ]
    lines += [f"  {key} is {sku}" for key, sku in done.pairs[:20]]
    if len(done.pairs) > 20:
        lines.append(f"  … and {len(done.pairs) - 20:,} more")
    if dry_run:
        lines.append("This was a dry run: nothing was changed.")
    elif done.ambiguous or done.unmatched:
        lines.append(f"Map the others with a sheet: bin/tillbridge mapping export {site} FILE")
    return "\n".join(lines)
