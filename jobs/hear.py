"""A store's notice is heard: what it says is looked up in the store."""

from dataclasses import dataclass

from jobs.noticed import make_due, pass_on
from jobs.pull import pull_under
from jobs.runtime import Runtime, leased
from platforms import registry
from platforms.base import StoreNotice
from webapp.backoffice.sites.leases import LeaseTaken
from webapp.database import writing


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What came of a notice: the sites that read its order, and those that were busy.

    A busy site is due for a pull, which reads the order too.
    """

    pulled: tuple[int, ...] = ()
    busy: tuple[int, ...] = ()


def hear(runtime: Runtime, platform_name: str, notice: StoreNotice) -> Heard:
    """Hear a notice whose signature was checked, for every site of that platform and shop.

    The order that it names is read from the store: what the notice says of it counts for
    nothing, so one that comes twice, late or in another order does no harm.

    PlatformError as a pull: the first site's whose store refused or could not be reached.
    """
    pulled, busy = [], []
    for site_id in pass_on(runtime, registry.get(platform_name), notice):
        try:
            with leased(runtime, site_id) as lease:
                pull_under(runtime, lease, remote_id=notice.order_remote_id)
            pulled.append(site_id)
        except LeaseTaken:
            with writing(runtime.engine) as session:
                make_due(session, site_id, runtime.now())
            busy.append(site_id)
    return Heard(pulled=tuple(pulled), busy=tuple(busy))
