"""Whether a store still sends its notices: looked at when it is due, put right where it may be."""

from jobs.runtime import Runtime, SiteLease, connect, leased, platform_of
from platforms.base import Store, Subscription
from platforms.errors import PlatformError, SiteRefused, TryAgain
from webapp.backoffice.sites import subscriptions
from webapp.backoffice.sites.keyring import keys_of
from webapp.backoffice.sites.subscriptions import Standing
from webapp.database import reading
from webapp.models.sites import Site

NO_ADDRESS = "Stores are not told where to send their notices: no public address is set."
SET_ADDRESS = (
    "Set TILLBRIDGE_PUBLIC_URL to the address under which the store reaches Tillbridge, and start "
    "it again."
)


def due_subscriptions(runtime: Runtime) -> tuple[int, ...]:
    """Sites whose store is to be looked at now; () is nothing to do."""
    with reading(runtime.engine) as session:
        return subscriptions.due_subscriptions(session, runtime.now())


def tend_subscription(runtime: Runtime, site_id: int) -> Standing | None:
    """Look at one site's store if that is due; how it stands then, None without a subscription.

    A fault of the store is in the standing, and raised by none. LeaseTaken: another process
    works on the site; a pull among them looks too.
    """
    with leased(runtime, site_id) as lease:
        with reading(runtime.engine) as session:
            site = session.get_one(Site, site_id)
        keep_subscribed(runtime, lease, connect(runtime, site))
    with reading(runtime.engine) as session:
        return subscriptions.standing_of(session, site_id)


def keep_subscribed(runtime: Runtime, lease: SiteLease, store: Store) -> None:
    """The same for a caller that holds the lease, with the store at hand."""
    now = runtime.now()
    with reading(runtime.engine) as session:
        standing = subscriptions.standing_of(session, lease.site_id)
        site = session.get_one(Site, lease.site_id)
    if standing is None or standing.due_at > now:
        return
    url = subscriptions.notice_address(runtime.public_url, platform_of(site), site.id)
    if not url:
        with lease.writing() as session:
            subscriptions.note_no_standing(session, standing, NO_ADDRESS, SET_ADDRESS, now)
        return
    try:
        found, is_changed = _looked_at(lease, site, store, standing, url)
    except PlatformError as fault:
        _note_fault(runtime, lease, standing, url, fault)
        return
    with lease.writing() as session:
        subscriptions.note_standing(
            session,
            standing,
            found,
            url,
            runtime.now(),
            is_mended=is_changed and not standing.is_asked,
        )


def _looked_at(
    lease: SiteLease, site: Site, store: Store, standing: Standing, url: str
) -> tuple[Subscription, bool]:
    """How it stands at the store, and whether we changed anything there."""
    found = store.subscription(url)
    now = lease.runtime.now()
    if not subscriptions.is_to_be_put_right(standing, found, url, now):
        return found, False
    return store.subscribe(url, _secret(lease, site)), True


def _secret(lease: SiteLease, site: Site) -> str:
    """What the store is to sign with: what a person gave, or else what we made up.

    It is kept before the store is told.
    """
    reader = platform_of(site).notices
    if reader is None or not reader.own_secret:
        return ""
    with lease.writing() as session:
        given = keys_of(session, site.id).get(reader.own_secret, "").strip()
        return given or subscriptions.own_secret(session, site.id)


def _note_fault(
    runtime: Runtime, lease: SiteLease, standing: Standing, url: str, fault: PlatformError
) -> None:
    said = f" The store said: {fault.said}." if fault.said else ""
    fix = fault.fix if isinstance(fault, SiteRefused) else ""
    may_pass = isinstance(fault, TryAgain)
    if not may_pass and not fix:
        fix = f"In the store, enter {url} as the address that its notices go to."
    with lease.writing() as session:
        subscriptions.note_no_standing(
            session,
            standing,
            f"{fault.sentence}{said}",
            fix,
            runtime.now(),
            may_pass=may_pass,
            retry_after=fault.retry_after if isinstance(fault, TryAgain) else None,
        )
