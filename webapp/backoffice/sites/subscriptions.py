"""Whether a site's store sends us notices: asked for by a person, looked at every hour."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from platforms.base import Platform, Subscription, SubscriptionState
from webapp.models.notices import NoticeSubscription
from webapp.models.sites import Site

LOOK_EVERY = timedelta(hours=1)
LOOK_AGAIN = timedelta(minutes=5)
# Put right by ourselves once; what fails again so soon is for a person to find out.
MENDED_AGAIN_AFTER = timedelta(days=7)
PATH = "/webhooks"
SECRET_BYTES = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a site's subscription stands, as last seen.

    `state` None: the store has not told. `is_asked`: it is put right with the next look.
    """

    site_id: int
    url: str
    state: SubscriptionState | None
    said: str
    fix: str
    is_asked: bool
    due_at: datetime
    checked_at: datetime | None
    mended_at: datetime | None
    heard_at: datetime | None

    @property
    def is_well(self) -> bool:
        return self.state is SubscriptionState.ACTIVE


def notice_address(public_url: str, platform: Platform, site_id: int) -> str:
    """Where a site's store sends its notices; "": we have no public address, or it sends none.

    A store that signs with a secret of its own has an address of its own; an app that has one
    address for all its shops has the platform's.
    """
    if not public_url or platform.notices is None:
        return ""
    whole = f"{public_url}{PATH}/{platform.name}"
    return f"{whole}/{site_id}" if platform.notices.own_secret else whole


def request_subscription(session: Session, site_id: int, now: datetime) -> None:
    """A person wants the notices, or has them put right: done with the next look at the store."""
    row = session.get(NoticeSubscription, site_id, with_for_update=True)
    if row is None:
        session.add(NoticeSubscription(site_id=site_id, wanted_at=now, is_asked=True, due_at=now))
        return
    row.is_asked, row.due_at = True, now


def standing_of(session: Session, site_id: int) -> Standing | None:
    """How a site's subscription stands; None: nobody has asked for one."""
    found = standings(session, [site_id])
    return found[0] if found else None


def standings(session: Session, site_ids: Sequence[int] | None = None) -> tuple[Standing, ...]:
    """How the subscriptions of these sites stand (None: of all), without their secrets."""
    names = [name for name in Standing.__slots__ if name != "state"]
    query = select(
        NoticeSubscription.state, *(getattr(NoticeSubscription, name) for name in names)
    ).order_by(NoticeSubscription.site_id)
    if site_ids is not None:
        query = query.where(NoticeSubscription.site_id.in_(site_ids))
    return tuple(
        Standing(
            state=SubscriptionState(row.state) if row.state else None,
            **{name: getattr(row, name) for name in names},
        )
        for row in session.execute(query)
    )


def due_subscriptions(session: Session, now: datetime) -> tuple[int, ...]:
    """Sites whose store is to be looked at now; paused and stopped ones are left alone."""
    return tuple(
        session.scalars(
            select(NoticeSubscription.site_id)
            .join(Site, Site.id == NoticeSubscription.site_id)
            .where(
                NoticeSubscription.due_at <= now,
                Site.enabled.is_(True),
                Site.stopped_at.is_(None),
            )
            .order_by(NoticeSubscription.due_at)
        )
    )


def own_secret(session: Session, site_id: int) -> str:
    """The secret that we made up for this site's store; made now where there is none yet.

    Letters and digits only: some stores change other characters before they sign with them.
    """
    row = session.get_one(NoticeSubscription, site_id, with_for_update=True)
    if not row.secret:
        row.secret = token_hex(SECRET_BYTES)
    return row.secret


def is_to_be_put_right(standing: Standing, found: Subscription, url: str, now: datetime) -> bool:
    """Whether to change anything at the store, seeing how it stands there.

    Always when a person asked. By ourselves where the store gave up, once; and where our own
    address has changed. What a person paused or removed in the store stays so.
    """
    if standing.is_asked:
        return True
    if found.state is SubscriptionState.DISABLED:
        return standing.mended_at is None or now - standing.mended_at >= MENDED_AGAIN_AFTER
    return found.state is SubscriptionState.MISSING and standing.url not in ("", url)


def note_standing(
    session: Session,
    standing: Standing,
    found: Subscription,
    url: str,
    now: datetime,
    *,
    is_mended: bool,
) -> None:
    """What a look at the store has shown. `is_mended`: we put it right by ourselves."""
    values = {"mended_at": now} if is_mended else {}
    _note(
        session,
        standing,
        url=url,
        state=found.state.value,
        said=found.said,
        fix=found.fix,
        is_asked=False,
        checked_at=now,
        due_at=now + LOOK_EVERY,
        **values,
    )


def note_no_standing(
    session: Session,
    standing: Standing,
    said: str,
    fix: str,
    now: datetime,
    *,
    may_pass: bool = False,
    retry_after: int | None = None,
) -> None:
    """The look came to nothing. `may_pass`: what was asked for is tried again soon.

    `retry_after`: not before so many seconds, as the store wishes.
    """
    asked_for = timedelta(seconds=retry_after or 0)
    _note(
        session,
        standing,
        state=None,
        said=said,
        fix=fix,
        is_asked=standing.is_asked and may_pass,
        checked_at=now,
        due_at=now + max(LOOK_AGAIN if may_pass else LOOK_EVERY, asked_for),
    )


def _note(session: Session, standing: Standing, **values: Any) -> None:
    """Unless somebody pressed during the look: then there is another one, at once."""
    session.execute(
        update(NoticeSubscription)
        .where(
            NoticeSubscription.site_id == standing.site_id,
            NoticeSubscription.due_at == standing.due_at,
        )
        .values(**values)
    )
