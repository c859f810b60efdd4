"""One store's catalogue comes in: every listing, and the quantity that the store shows."""

from dataclasses import dataclass

from jobs.running import running
from jobs.runtime import Runtime, SiteLease, leased
from platforms.base import Store
from webapp.backoffice.goods.listings import mark_gone, store_listings
from webapp.backoffice.sites import runs


@dataclass(slots=True, kw_only=True)
class CatalogueReport:
    """`listings` the store has, each new, changed or unchanged; `gone` since the last pull."""

    run: int = 0
    listings: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    gone: int = 0
    requests: int = 0

    def counts(self) -> dict[str, int]:
        names = ("listings", "new", "changed", "unchanged", "gone")
        return {name: getattr(self, name) for name in names}


def pull_catalogue(runtime: Runtime, site_id: int, *, actor: str | None = None) -> CatalogueReport:
    """Read a store's whole catalogue, page by page, each in its own transaction.

    Only a pull that came to its end says which listings are gone. PlatformError: the store
    refused or could not be reached; the pages until then stand, the site stops or its next try
    is timed. LeaseTaken: another process works on the site.
    """
    with leased(runtime, site_id) as lease:
        return catalogue_under(runtime, lease, actor=actor)


def catalogue_under(
    runtime: Runtime, lease: SiteLease, *, actor: str | None = None
) -> CatalogueReport:
    """`pull_catalogue` for a caller that holds the lease already."""
    report = CatalogueReport()
    with running(
        runtime,
        lease,
        report,
        kind="catalogue",
        direction="pull",
        when_done=runs.note_catalogue,
        actor=actor,
    ) as run:
        _, store = run.open_store()
        _pull(runtime, lease, store, report)
    return report


def _pull(runtime: Runtime, lease: SiteLease, store: Store, report: CatalogueReport) -> None:
    seen: set[str] = set()
    for page in store.catalogue():
        fresh = [each for each in page if each.key not in seen]
        seen.update(each.key for each in fresh)
        with lease.writing() as session:
            counts = store_listings(session, lease.site_id, fresh, runtime.now())
        report.new += counts.new
        report.changed += counts.changed
        report.unchanged += counts.unchanged
        report.listings = len(seen)
        runtime.progress(len(seen), None, "listings")
    with lease.writing() as session:
        report.gone = mark_gone(session, lease.site_id, seen)
