"""A store connected by a person in the admin: a declaration like any other, that stands still.

Made from a file, a site begins at once: whoever wrote the file said everything. Here it waits for
its test, its mapping, and a person's look at the dry run of its first push.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from platforms.base import Platform
from webapp.backoffice.setup.declaration_fields import DeclarationFault
from webapp.backoffice.setup.declarations import DeclarationRefused, apply_declarations
from webapp.models.sites import Site


def connect_store(
    session: Session,
    declaration: Mapping[str, Any],
    *,
    platforms: Mapping[str, Platform],
    now: datetime,
    actor: str | None,
    private: Sequence[DeclarationFault] = (),
) -> int:
    """Make a new site that nothing is pulled from or pushed to yet; its id.

    DeclarationRefused: anything is wrong in it, or a site has this name already.
    """
    taken = _taken(session, declaration.get("name"))
    if taken:
        raise DeclarationRefused([*taken, *private])
    apply_declarations(
        session, declaration, platforms=platforms, now=now, actor=actor, private=private
    )
    site = session.scalars(select(Site).where(Site.name == declaration["name"])).one()
    site.enabled = False
    site.push_seen_at = None
    return site.id


def _taken(session: Session, name: object) -> list[DeclarationFault]:
    if not isinstance(name, str):
        return []
    if session.scalar(select(Site.id).where(Site.name == name)) is None:
        return []
    return [
        DeclarationFault(key="name", message=f"A site is named {name} already.", site=name),
    ]
