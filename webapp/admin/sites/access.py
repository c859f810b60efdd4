"""How a store is reached from within a person's request, and its connection test."""

from time import monotonic

from platforms import registry
from platforms.base import StoreAccess
from webapp.admin.frame.base import actor
from webapp.admin.frame.session import backing, reading, saving
from webapp.backoffice.sites.connection_tests import keep_test
from webapp.backoffice.sites.keyring import SiteKeyring
from webapp.database import utc_now
from webapp.models.sites import Site


def store_access(site_id: int) -> StoreAccess:
    """The store's address and keys, as they stand."""
    site = reading().get_one(Site, site_id)
    keyring = SiteKeyring(engine=backing().engine, site_id=site_id, now=utc_now)
    return StoreAccess(
        url=site.url,
        credentials=site.credentials,
        allow_private=backing().config.allow_private_stores,
        keyring=keyring,
    )


def run_connection_test(site_id: int) -> bool:
    """Test a site's connection step by step, and keep what was found; whether all is well.

    The one call of a store within a person's request: each of its requests has a short timeout,
    and the first step that fails is the last.
    """
    reading().commit()  # a site that this request has made is not in what it read before
    site = reading().get_one(Site, site_id)
    store = registry.get(site.platform).connect(store_access(site_id))
    reading().commit()  # the database is not held while the store is asked
    begun = monotonic()
    report = store.check()
    milliseconds = round((monotonic() - begun) * 1000)
    with saving() as session:
        keep_test(
            session,
            site_id,
            report,
            milliseconds=milliseconds,
            actor=actor(),
            now=utc_now(),
        )
    return report.is_ok
