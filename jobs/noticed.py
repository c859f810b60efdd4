"""What a store's notice means for the sites whose shop it is of. A hint to look, never the truth."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from jobs.runtime import Runtime, connect
from platforms.base import NoticeKind, Platform, StoreNotice
from webapp.backoffice.orders.tracking import note_tracking, untracked_of
from webapp.backoffice.people.audit import record_change
from webapp.backoffice.people.buyers import empty_of_site
from webapp.backoffice.sites import notices
from webapp.backoffice.sites.consent import consent_withdrawn, keep_facts
from webapp.backoffice.sites.listeners import listeners
from webapp.database import reading, writing
from webapp.models.sites import Site

WITHDRAWN = "consent withdrawn"


def pass_on(
    runtime: Runtime,
    platform: Platform,
    notice: StoreNotice,
    *,
    only: Collection[int] | None = None,
) -> list[int]:
    """Do what a notice means at once; the ids of the sites whose order it asks to read.

    `only`: of the sites that it is of, those whose keys it was checked with.

    A withdrawn consent stops the site and empties its buyers, unless the consent was given again
    since. A consent that ends is looked up in the store. A tracking number is kept.

    PlatformError: the store did not tell when a consent ends.
    """
    with reading(runtime.engine) as session:
        sites = [
            site for site in sites_of(session, platform, notice) if only is None or site.id in only
        ]
    match notice.kind:
        case NoticeKind.CONSENT_WITHDRAWN:
            for site in sites:
                _withdraw(runtime, site.id, notice)
        case NoticeKind.CONSENT_ENDS:
            for site in sites:
                facts = connect(runtime, site).learn_facts()
                with writing(runtime.engine) as session:
                    keep_facts(session, site.id, facts)
        case NoticeKind.ORDER:
            running = [site for site in sites if site.enabled and site.stopped_at is None]
            with writing(runtime.engine) as session:
                for site in running:
                    keep_tracking(session, site.id, notice, runtime.now())
            if notice.order_remote_id:
                return [site.id for site in running]
    return []


def keep_notice(runtime: Runtime, platform: Platform, notice: StoreNotice) -> list[int]:
    """Do what a notice means, and keep it for every site whose order it asks to read.

    PlatformError as `pass_on`.
    """
    site_ids = pass_on(runtime, platform, notice)
    if site_ids:
        with writing(runtime.engine) as session:
            for site_id in site_ids:
                notices.hear(
                    session.connection(),
                    site_id,
                    notice.kind,
                    notice.order_remote_id,
                    runtime.now(),
                )
    return site_ids


def sites_of(session: Session, platform: Platform, notice: StoreNotice) -> Sequence[Site]:
    """The sites whose shop a notice is of; () where the platform reads none."""
    reader = platform.notices
    if reader is None:
        return ()
    of = [
        each.site_id
        for each in listeners(session, platform, None)
        if reader.is_of(notice, each.keys)
    ]
    return session.scalars(select(Site).where(Site.id.in_(of)).order_by(Site.id)).all()


def _withdraw(runtime: Runtime, site_id: int, notice: StoreNotice) -> None:
    now = runtime.now()
    with writing(runtime.engine) as session:
        if not consent_withdrawn(session, site_id, notice.at, now):
            return
        name = session.get_one(Site, site_id).name
        record_change(
            session,
            now=now,
            actor=None,
            action="consent_withdrawn",
            subject="site",
            subject_id=site_id,
            label=name,
        )
    while True:
        with writing(runtime.engine) as session:
            if not empty_of_site(session, site_id, now, why=WITHDRAWN):
                return


def keep_tracking(session: Session, site_id: int, notice: StoreNotice, now: datetime) -> None:
    """Keep the number of a parcel that a notice brings, if it brings one that is wanted."""
    if notice.tracking and notice.order_remote_id:
        for each in untracked_of(session, site_id, notice.order_remote_id):
            note_tracking(session, each, notice.tracking, now)
