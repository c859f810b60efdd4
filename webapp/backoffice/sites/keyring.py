"""The keys of one site, kept in the database, and renewed by one process at a time.

What a person gave stands in `credentials`, what the store renewed since in `renewed_keys`. The
right to renew is a lease with a number: whoever holds a number that is no longer the site's
cannot put its keys over those of another. Nothing here speaks over the network, and no
transaction stays open while somebody else does.
"""

import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic, sleep

from sqlalchemy import Engine, or_, select, update
from sqlalchemy.orm import Session

from platforms.base import RENEWAL_SECONDS
from platforms.errors import RenewalLost, TryAgain
from webapp.database import reading, writing
from webapp.models.sites import Site

# Waiting is a look every fifth of a second or so: who renews needs one request to the store.
SHORTEST_LOOK = 0.05
LONGEST_LOOK = 0.35
# A process that died with the right held it for RENEWAL_SECONDS; then there is one look more.
PATIENCE = RENEWAL_SECONDS + 5


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteKeyring:
    """`platforms.base.Keyring` over the database. `repr` shows no key: it holds none.

    `patience`: how many seconds to wait for the right to renew.
    """

    engine: Engine = field(repr=False)
    site_id: int
    now: Callable[[], datetime]
    patience: float = PATIENCE

    def read(self) -> Mapping[str, str]:
        """All keys as they are stored now, the renewed ones over those that a person gave."""
        with reading(self.engine) as session:
            return keys_of(session, self.site_id)

    @contextmanager
    def renewing(self) -> Iterator["SiteRenewal"]:
        """Wait for the right to renew, and hold it until the end, RENEWAL_SECONDS at most.

        TryAgain: others hold it for longer than we have patience.
        """
        number = self._claim()
        try:
            yield SiteRenewal(self, number)
        finally:
            self._release(number)

    def _claim(self) -> int:
        give_up_at = monotonic() + self.patience
        while (number := self._try()) is None:
            if monotonic() >= give_up_at:
                raise TryAgain("Another process is still renewing this store's keys.")
            sleep(random.uniform(SHORTEST_LOOK, LONGEST_LOOK))  # noqa: S311
        return number

    def _try(self) -> int | None:
        now = self.now()
        # Looked at first, so that those who wait do not queue for the database's one writer.
        with reading(self.engine) as session:
            until = session.scalar(select(Site.key_lease_until).where(Site.id == self.site_id))
        if until is not None and until > now:
            return None
        with writing(self.engine) as session:
            return session.scalar(
                update(Site)
                .where(
                    Site.id == self.site_id,
                    or_(Site.key_lease_until.is_(None), Site.key_lease_until <= now),
                )
                .values(
                    key_lease_no=Site.key_lease_no + 1,
                    key_lease_until=now + timedelta(seconds=RENEWAL_SECONDS),
                )
                .returning(Site.key_lease_no)
            )

    def _release(self, number: int) -> None:
        with writing(self.engine) as session:
            session.execute(
                update(Site)
                .where(Site.id == self.site_id, Site.key_lease_no == number)
                .values(key_lease_until=None)
            )


@dataclass(frozen=True, slots=True)
class SiteRenewal:
    """The right to renew a site's keys, while its number is the site's."""

    keyring: SiteKeyring
    number: int

    @property
    def keys(self) -> Mapping[str, str]:
        """The keys as they stand now that the right is held: another may have renewed them."""
        return self.keyring.read()

    def store(self, keys: Mapping[str, str]) -> None:
        """Keep these keys over the others; committed when this returns.

        RenewalLost: another process has the right by now, or a person gave new keys. What was
        to be kept is void: read the keys again.
        """
        with writing(self.keyring.engine) as session:
            row = session.execute(
                select(Site.renewed_keys, Site.key_lease_no)
                .where(Site.id == self.keyring.site_id)
                .with_for_update()
            ).one()
            if row.key_lease_no != self.number:
                raise RenewalLost("Another process has renewed this store's keys meanwhile.")
            session.execute(
                update(Site)
                .where(Site.id == self.keyring.site_id)
                .values(renewed_keys={**(row.renewed_keys or {}), **keys})
            )


def keys_of(session: Session, site_id: int) -> dict[str, str]:
    """All keys of a site: the renewed ones over those that a person gave."""
    row = session.execute(
        select(Site.credentials, Site.renewed_keys).where(Site.id == site_id)
    ).one()
    return {**row.credentials, **(row.renewed_keys or {})}
