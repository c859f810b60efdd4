"""`restore FILE`: a database made of a backup, which pushes nothing until a person has looked."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Engine

from jobs.runtime import Progress
from webapp import home as local_home
from webapp.backups.keys import sealed_away, take_over
from webapp.backups.manifest import BackupUnreadable, Manifest
from webapp.backups.restoring import Backup, HoldsSomething, opened, restore_backup
from webapp.cli.backup import backup_data
from webapp.cli.books import verified, verify_faults
from webapp.cli.context import Context
from webapp.cli.faults import CommandFault
from webapp.cli.output import Answer
from webapp.cli.progress import shown_progress
from webapp.cli.tables import count
from webapp.config import Config, unlock
from webapp.database import make_engine, utc_now
from webapp.migrations.running import UnknownStep

WORDS = {"channel_orders": "orders", "stock_items": "stock items", "sites": "sites"}


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="what `backup` wrote")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    path = Path(arguments.file)
    if context.config.encryption_keys:
        unlock(context.config)  # says so before anything is done, where they are bad
    engine = make_engine(context.config.database_url)
    try:
        with shown_progress() as progress:
            with opened(path, progress) as backup:
                local_home.make_home(context.config.home)
                _restore(engine, backup, progress)
                if backup.keys is not None:
                    take_over(context.config, backup.keys)
            sealed = sealed_away(engine, context.reread().encryption_keys)
            report = verified(engine, progress)
    except BackupUnreadable as fault:
        raise CommandFault(
            "backup_unreadable", str(fault), "Take another backup; nothing was changed here."
        ) from fault
    finally:
        engine.dispose()
    faults = verify_faults(report)
    if sealed:
        faults.append(
            f"The keys here do not open the credentials of {', '.join(sealed)}: "
            "TILLBRIDGE_ENCRYPTION_KEYS must name those that the backup was made with."
        )
    return Answer(
        data={**backup_data(path.stat().st_size, backup.manifest), "sealed": sealed},
        text=_text(backup.manifest, is_clean=report.is_clean, config=context.config),
        complaint="\n".join(faults),
        next_step=_next_step(faults, sealed),
    )


def _restore(engine: Engine, backup: Backup, progress: Progress) -> None:
    try:
        restore_backup(engine, backup, now=utc_now(), progress=progress)
    except HoldsSomething as fault:
        held = " and ".join(WORDS[name] for name in fault.tables)
        raise CommandFault(
            "holds_something",
            f"This Tillbridge holds {held} already, and a backup replaces nothing.",
            "Restore into an empty one: give another TILLBRIDGE_HOME, or another DATABASE_URL.",
        ) from fault
    except UnknownStep as fault:
        manifest = backup.manifest
        raise CommandFault(
            "backup_newer",
            f"The backup was made by a newer Tillbridge ({manifest.version}, step {manifest.step}).",
            "Restore it with that version or a newer one.",
        ) from fault


def _next_step(faults: Sequence[str], sealed: Sequence[str]) -> str:
    if sealed:
        return "Set it, or put the old home's file encryption_keys into this home."
    return "bin/tillbridge books verify shows this again." if faults else ""


def _text(manifest: Manifest, *, is_clean: bool, config: Config) -> str:
    counts = manifest.counts
    lines = [
        f"Restored as of {manifest.made_at}: {count(counts.orders, 'order')}, "
        f"{count(counts.entries, 'journal entry', 'journal entries')}."
    ]
    if is_clean:
        lines.append("The books hold: every entry balances, every order recomputed agrees.")
    if not config.is_initialised:
        lines.append("This home has no keys yet: bin/tillbridge init makes them, if you have none.")
    lines += [
        "",
        "The stock in it is old, so no site pushes until a person has seen its dry run:",
        "  bin/tillbridge pull NAME",
        "  bin/tillbridge push NAME --dry-run",
    ]
    return "\n".join(lines)
