"""The store is asked for its courier's tracking numbers, gently."""

from jobs.runtime import Runtime, SiteLease
from platforms.base import Store
from platforms.errors import NotFound, Refused
from webapp.backoffice.orders.tracking import note_tracking, untracked
from webapp.database import reading

AT_MOST = 50


def ask_tracking(runtime: Runtime, lease: SiteLease, store: Store) -> int:
    """Ask for the numbers of deliveries that have none; how many there were.

    Each is asked for every five minutes at most, fifty in one go. What the store refuses to tell
    of one is nothing yet. TryAgain, SiteRefused, BadResponse: the rest were not asked for.
    """
    with reading(runtime.engine) as session:
        waiting = untracked(session, lease.site_id, runtime.now(), at_most=AT_MOST)
    found = 0
    for each in waiting:
        try:
            tracking = store.tracking_of(each.remote_id)
        except (Refused, NotFound):
            tracking = ""
        with lease.writing() as session:
            found += note_tracking(session, each, tracking, runtime.now())
    return found
