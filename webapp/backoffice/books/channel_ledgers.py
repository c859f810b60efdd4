"""Which ledger a role of an order lands on. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from webapp.backoffice.sites.settings import DEFAULT_ROLES, METHOD_ROLES, REQUIRED_ROLES, Role

NOTHING_KEPT: Mapping[str, int] = {}


@dataclass(frozen=True, slots=True)
class Wiring:
    """A site's channel ledgers: (role, payment method or "") to the ledger's id."""

    ledgers: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def ledger_for(
        self, role: str, payment_method: str, kept: Mapping[str, int] = NOTHING_KEPT
    ) -> int | None:
        """The ledger of a role; a default role without one lands on the other role's ledger.

        `kept`: the ledgers that an order has used already; they win over the site's.
        """
        if role in kept:
            return kept[role]
        if role in METHOD_ROLES and payment_method:
            own = self.ledgers.get((role, payment_method))
            if own is not None:
                return own
        found = self.ledgers.get((role, ""))
        if found is None and role in DEFAULT_ROLES:
            return self.ledger_for(DEFAULT_ROLES[Role(role)], payment_method, kept)
        return found


def ledgers_of_order(
    roles: Iterable[str], wiring: Wiring, payment_method: str, kept: Mapping[str, int]
) -> tuple[dict[str, int], tuple[str, ...]]:
    """The ledger of each role that an order posts to, and the roles that have none.

    A role keeps the ledger that its first line in this order used, and a default role the one
    that the role it stands in for used. Before an order's first entry all required roles must
    have one, used or not (POSTING rule *Roles and ledgers*).
    """
    found = dict(kept)
    missing = []
    for role in roles if kept else (*REQUIRED_ROLES, *roles):
        if role not in found:
            ledger = wiring.ledger_for(role, payment_method, kept)
            if ledger is not None:
                found[role] = ledger
            elif role not in missing:
                missing.append(role)
    return found, tuple(missing)
