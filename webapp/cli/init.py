"""`init`: tables, keys, chart of accounts, the first admin. Running it again changes nothing."""

import argparse

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from webapp import home as local_home
from webapp.backoffice.people import people
from webapp.backoffice.reports.verifying import VerifyReport
from webapp.backoffice.setup.chart import make_default_chart
from webapp.cli.books import drift_lines, entry_faults, verified, verify_data
from webapp.cli.context import ACTOR, Context
from webapp.cli.faults import CommandFault
from webapp.cli.output import Answer
from webapp.cli.progress import shown_progress
from webapp.cli.tables import count
from webapp.config import Config, unlock
from webapp.database import make_engine, utc_now, writing
from webapp.migrations import HEAD
from webapp.migrations.running import UnknownStep, upgrade
from webapp.migrations.state import migrated_to
from webapp.models.people import Person, RoleName


def declare(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    _check_admin(context.config)
    made_keys = _make_home(context.config)
    config = context.reread()
    unlock(config)
    engine = make_engine(config.database_url)
    try:
        stood_at = migrated_to(engine)
        _upgrade(engine, stood_at)
        with writing(engine) as session:
            people.ensure_roles(session)
            ledgers = make_default_chart(session)
            admin = _first_admin(session, config)
        is_upgrade = stood_at not in (None, HEAD)
        report = _verified(engine) if is_upgrade else None
    finally:
        engine.dispose()
    data = {
        "database": shown_address(engine),
        "created": stood_at is None,
        "migrated_to": HEAD,
        "admin": admin,
        "verified": None if report is None else verify_data(report),
    }
    return Answer(
        data=data,
        text=_text(config, engine, stood_at, made_keys, ledgers, admin),
        warnings=() if report is None else _what_would_change(report),
        complaint="" if report is None else "\n".join(entry_faults(report)),
        next_step="Put the backup from before in its place and report this.",
    )


def _verified(engine: Engine) -> VerifyReport:
    with shown_progress() as progress:
        return verified(engine, progress)


def _what_would_change(report: VerifyReport) -> tuple[str, ...]:
    """What this version's rules would make of posted orders otherwise. Nothing was posted."""
    if not report.drifted:
        return (
            f"The books hold under this version's rules: {count(report.orders, 'order')} agree.",
        )
    return (
        f"{count(len(report.drifted), 'order')} would come out otherwise under this version's rules. "
        "Nothing was posted; each posts its difference when it is processed next (after a change "
        "at the store):",
        *(f"  {line}" for line in drift_lines(report)),
    )


def _upgrade(engine: Engine, stood_at: str | None) -> None:
    try:
        upgrade(engine)
    except UnknownStep as fault:
        raise CommandFault(
            "database_newer",
            f"The database was made by a newer Tillbridge ({stood_at}); this one does not know it.",
            "Run the newer Tillbridge, or put a backup of this version in its place.",
        ) from fault


def shown_address(engine: Engine) -> str:
    """The database's address without its password."""
    return engine.url.render_as_string(hide_password=True)


def _check_admin(config: Config) -> None:
    if bool(config.admin_email) != bool(config.admin_password):
        raise CommandFault(
            "configuration",
            "TILLBRIDGE_ADMIN_EMAIL and TILLBRIDGE_ADMIN_PASSWORD go together; only one is set.",
            "Set both, or neither and add people with: bin/tillbridge user add",
        )
    if config.admin_email and not people.is_email(config.admin_email.strip()):
        raise CommandFault(
            "email_refused",
            "TILLBRIDGE_ADMIN_EMAIL is not an e-mail address.",
            "Set one such as aina@shop.example, and run this again.",
        )
    if config.admin_password and len(config.admin_password) > people.LONGEST_PASSWORD:
        raise CommandFault(
            "password_too_long",
            f"TILLBRIDGE_ADMIN_PASSWORD is too long: take at most {people.LONGEST_PASSWORD} characters.",
            "Set a shorter one and run this again.",
        )
    if config.admin_password and len(config.admin_password) < people.SHORTEST_PASSWORD:
        raise CommandFault(
            "password_too_short",
            f"TILLBRIDGE_ADMIN_PASSWORD is too short: take at least {people.SHORTEST_PASSWORD} characters.",
            "Set a longer one and run this again.",
        )


def _make_home(config: Config) -> bool:
    """The folder always; keys only where none were given. True if keys were made."""
    local_home.make_home(config.home)
    return False if config.is_initialised else local_home.generate_keys(config.home)


def _first_admin(session: Session, config: Config) -> str | None:
    """The first admin of the environment, made once; his e-mail, or None without one."""
    if not config.admin_email or not config.admin_password:
        return None
    email = config.admin_email.strip().lower()
    if session.scalar(select(Person.id).where(Person.email == email)) is None:
        people.add_person(
            session,
            email=email,
            password=config.admin_password,
            roles=[RoleName.ADMIN],
            now=utc_now(),
            actor=ACTOR,
        )
    return email


def _text(
    config: Config,
    engine: Engine,
    stood_at: str | None,
    made_keys: bool,
    ledgers: int,
    admin: str | None,
) -> str:
    lines = [f"Home       {config.home}"]
    if stood_at is None:
        lines.append(f"Database   made: {shown_address(engine)}")
    elif stood_at == HEAD:
        lines.append(f"Database   up to date: {shown_address(engine)}")
    else:
        lines.append(f"Database   brought from {stood_at} to {HEAD}: {shown_address(engine)}")
    lines.append(f"Keys       {'made in the home, for this user alone' if made_keys else 'there'}")
    lines.append(f"Accounts   {count(ledgers, 'ledger') + ' made' if ledgers else 'there'}")
    if admin:
        lines.append(f"Admin      {admin}")
    else:
        lines.append("Admin      none made. Add one: bin/tillbridge user add EMAIL --role admin")
    lines += ["", "Next: bin/tillbridge site apply FILE.json connects a store."]
    return "\n".join(lines)
