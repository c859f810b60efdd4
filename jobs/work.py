"""A piece of work for the workers: what, for which site, in which lane, and for how long at most."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    PULL = "pull"
    PUSH = "push"
    PROCESS = "process"
    ESCROWS = "escrows"
    NOTICES = "notices"
    SUBSCRIPTION = "subscription"
    ASKED = "asked"
    CATALOGUE = "catalogue"
    PAYOUTS = "payouts"
    SWEEP = "sweep"


class Lane(StrEnum):
    """Where work waits. Workers look into them in this order.

    What takes long, or may, is in the slow lane, and not all workers are given to it at once:
    a store that answers slowly does not hold up the others.
    """

    BEAT = "beat"
    QUICK = "quick"
    SLOW = "slow"


# Seconds after which a piece of work is ended by force. A page is written whole, so what was done
# until then stands; a slow store may need many minutes for one page with all its details.
LIMITS = {
    Kind.PULL: 1800,
    Kind.PUSH: 1800,
    Kind.PROCESS: 900,
    Kind.ESCROWS: 900,
    Kind.NOTICES: 900,
    Kind.SUBSCRIPTION: 300,
    Kind.ASKED: 3 * 3600,
    Kind.CATALOGUE: 3600,
    Kind.PAYOUTS: 3600,
    Kind.SWEEP: 3 * 3600,
}

# In the quick lane nothing may take long: what does is ended, and goes on in the slow lane.
QUICK_LIMIT = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One piece of work. Nothing in it is a secret or a payload: it stands in the queue.

    `moment`: seconds since 1970 at which it was due. `lease_no`: of the site when it was found
    due; whoever works on the site counts it up, so that work which a dead worker took with it
    does not stand in the way of the same work anew. `is_asked`: a person waits for it.
    """

    kind: Kind
    site_id: int
    moment: int
    lease_no: int
    lane: Lane
    is_asked: bool = False

    @property
    def name(self) -> str:
        """Equal for the same work, whenever it is due and whoever asked for it: it waits once.

        What people asked for in particular stands in the database, for ASKED work to read.
        """
        return f"{self.kind}-{self.site_id}"

    @property
    def limit(self) -> int:
        """Seconds that it may take. What cannot go on where it was ended has all its time at once."""
        goes_on = self.kind in (Kind.PULL, Kind.PUSH, Kind.ASKED)
        if self.lane is Lane.QUICK and goes_on:
            return QUICK_LIMIT
        return LIMITS[self.kind]

    @property
    def job_id(self) -> str:
        return f"{self.name}{MOMENT}{self.moment}-{self.lease_no}"


MOMENT = "-at-"


def name_of(job_id: str) -> str:
    """The name of the work that a job is for."""
    return job_id.partition(MOMENT)[0]
