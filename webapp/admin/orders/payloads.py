"""What the store sent of one order, version by version: laid out, marked, compared."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort, request
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.backoffice.orders.payloads import unpack
from webapp.backoffice.reports.order_view import OrderView
from webapp.backoffice.reports.payload_fields import fields_named, parsed
from webapp.backoffice.reports.payload_text import Change, Piece, changes, laid_out
from webapp.models.orders import OrderPayload


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredVersion:
    """One version of the payload; `size` in bytes as stored, packed."""

    version: int
    remote_modified_at: datetime
    read_at: datetime
    digest: str
    size: int


def stored_versions(session: Session, order_id: int) -> list[StoredVersion]:
    """Every version of the payload, the newest first."""
    rows = session.execute(
        select(
            OrderPayload.version,
            OrderPayload.remote_modified_at,
            OrderPayload.read_at,
            OrderPayload.digest,
            func.length(OrderPayload.body).label("size"),
        )
        .where(OrderPayload.channel_order_id == order_id)
        .order_by(OrderPayload.version.desc())
    )
    return [
        StoredVersion(
            version=row.version,
            remote_modified_at=row.remote_modified_at,
            read_at=row.read_at,
            digest=row.digest.hex(),
            size=row.size,
        )
        for row in rows
    ]


def chosen(
    name: str, versions: Sequence[StoredVersion], otherwise: int | None
) -> StoredVersion | None:
    """The version that the address names; 404 where it was never stored."""
    text = request.args.get(name, "")
    known = {each.version: each for each in versions}
    if not text:
        return known.get(otherwise) if otherwise is not None else None
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and int(text) in known):
        abort(404)
    return known[int(text)]


def behind(session: Session, view: OrderView) -> dict[int, Any]:
    """What each entry rests on, by its id: the newest version that was read before it."""
    versions = stored_versions(session, view.id)
    read: dict[int, Any] = {}
    found = {}
    for entry in view.entries:
        before = [each.version for each in versions if each.read_at <= entry.posted_at]
        version = before[0] if before else (versions[-1].version if versions else 0)
        if version not in read:
            read[version] = _payload(session, view.id, version)
        found[entry.id] = read[version]
    return found


def marked(session: Session, view: OrderView, shown: StoredVersion) -> list[Piece]:
    """A version's text, the fields that reached the journal in pieces of their own."""
    payload = _payload(session, view.id, shown.version)
    named = {line.because for entry in view.entries for line in entry.lines}
    paths = {field.path for because in named for field in fields_named(payload, because)}
    return laid_out(payload, paths)


def compared(
    session: Session, order_id: int, before: StoredVersion, after: StoredVersion
) -> list[Change]:
    return changes(
        _payload(session, order_id, before.version), _payload(session, order_id, after.version)
    )


def _payload(session: Session, order_id: int, version: int) -> Any:
    row = session.get(OrderPayload, (order_id, version))
    return None if row is None else parsed(unpack(bytes(row.body)))
