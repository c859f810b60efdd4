"""Who changed a site's settings, from what to what: the audit trail, shown on the thing itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.models.audit import AuditEntry

LOOKED_AT = 200
SHOWN = 10
REWIRED = "ledgers."
TESTS = ("is", "over", "contains")


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingChange:
    """One saving: each setting with its value before and after, in words."""

    at: datetime
    actor: str | None
    settings: tuple[tuple[str, str, str], ...]


def changes_of(session: Session, site_id: int, prefixes: Sequence[str]) -> list[SettingChange]:
    """The newest ten changes of a site's settings whose dotted names begin like one of these.

    Channel ledgers are named `ledgers.…`. Further back than 200 entries nothing is looked for.
    """
    entries = session.scalars(
        select(AuditEntry)
        .where(
            AuditEntry.subject == "site",
            AuditEntry.subject_id == site_id,
        )
        .order_by(AuditEntry.id.desc())
        .limit(LOOKED_AT)
    )
    found = []
    for entry in entries:
        settings = _settings(entry, tuple(prefixes))
        if settings:
            found.append(SettingChange(at=entry.at, actor=entry.actor, settings=settings))
    return found[:SHOWN]


def _settings(entry: AuditEntry, prefixes: tuple[str, ...]) -> tuple[tuple[str, str, str], ...]:
    if entry.action not in ("change_site", "rewire"):
        return ()
    before = entry.before if isinstance(entry.before, Mapping) else {}
    after = entry.after if isinstance(entry.after, Mapping) else {}
    prefix = REWIRED if entry.action == "rewire" else ""
    return tuple(
        (_said(key), told(before.get(key)), told(value))
        for key, value in after.items()
        if f"{prefix}{key}".startswith(prefixes)
    )


def _said(key: str) -> str:
    _, _, last = key.rpartition(".")
    whole = key.removeprefix("automation.").removeprefix("integration.").removeprefix("posting.")
    return (whole if "." in whole else last).replace("_", " ").replace(".", " for ")


def told(value: Any) -> str:
    """A setting's value in words."""
    if value is None or value in ("", [], {}):
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        test = next((each for each in TESTS if each in value), None)
        if test and "field" in value:
            return f"{value['field']} {test} {value[test]}".replace("_", " ")
        if set(value) == {"role", "sign"}:
            return f"{value['role']} ({'added' if value['sign'] == 1 else 'taken'})".replace(
                "_", " "
            )
        return ", ".join(f"{key} as {told(each)}" for key, each in value.items())
    if isinstance(value, list):
        return ", ".join(told(each) for each in value)
    return str(value).replace("_", " ")
