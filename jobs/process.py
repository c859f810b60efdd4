"""Everything of a site that waits for processing: pending, due again, or its attempt has come."""

from jobs.runtime import Runtime, SiteLease, platform_of
from webapp.backoffice.orders.processing import process_stored, waiting_orders
from webapp.backoffice.orders.scene import set_scene
from webapp.backoffice.states import no_counts
from webapp.models.sites import Site

BATCH = 200


def process_waiting(
    runtime: Runtime,
    lease: SiteLease,
    *,
    was_escrow_asked: bool = False,
    actor: str | None = None,
    run_id: int | None = None,
) -> dict[str, int]:
    """Process what waits, batch by batch, each in its own transaction; counts by state.

    `was_escrow_asked`: the store was asked for the escrow of orders that wait for it.
    A site that has had its turn leaves the rest waiting.
    """
    states = no_counts()
    started_at = runtime.now()
    while True:
        with lease.writing() as session:
            ids = waiting_orders(
                session, lease.site_id, started_at, BATCH, was_escrow_asked=was_escrow_asked
            )
            if not ids:
                return states
            site = session.get_one(Site, lease.site_id)
            scene = set_scene(
                session, site, platform_of(site), runtime.now(), actor=actor, run_id=run_id
            )
            for each in process_stored(session, scene, ids):
                states[each.state] += 1
        runtime.progress(sum(states.values()), None, "orders processed")
        if runtime.had_its_turn():
            return states
