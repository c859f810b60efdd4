"""How to reach a store, what a person fills in for that, and what its test tells."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from platforms.keys import Keyring


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One step of a connection test. `fix` says what to click in the store when it failed.

    `is_ok` None: not tested, because an earlier step failed.
    """

    name: str
    is_ok: bool | None
    message: str
    fix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreFacts:
    """What the store says about itself. Unknown things are None or empty.

    `digits`: decimals the store shows prices with. `statuses`: its own order statuses.
    `consent_until`: when the shop's consent ends, as 2027-03-01T00:00:00Z.
    """

    title: str = ""
    version: str = ""
    currency: str = ""
    timezone: str = ""
    digits: int | None = None
    statuses: tuple[str, ...] = ()
    consent_until: str = ""
    has_refund_list: bool | None = None
    has_variation_list: bool | None = None
    tracking: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionReport:
    is_ok: bool
    facts: StoreFacts
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialField:
    """One thing a person fills in to connect a store. The form is made from these.

    `is_renewed`: the store renews it while we use it, so what a person gave is only the first;
    such a key may be left out where the store's owner lets us in on a page of the store.
    `is_optional`: a store can be connected without it.
    """

    name: str
    label: str
    is_secret: bool
    hint: str = ""
    is_renewed: bool = False
    is_optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectGuide:
    """What a person is told who connects a store of a platform.

    `address_hint` says which address is meant; `known_addresses` are its label and address where
    every store has one of a few. `steps`: what to click in the store, in order, before the form
    can be filled in; a part between asterisks is a path or a word as the store shows it.
    """

    address_hint: str
    steps: tuple[str, ...]
    known_addresses: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreAccess:
    """How to reach one store. `repr` never shows the credentials.

    `ca_file`: the certificates to trust instead of the usual ones, for a store in one's own
    network; "" trusts the usual ones. `requests_at_once`: so many may be on their way at once.
    """

    url: str
    credentials: Mapping[str, str] = field(repr=False)
    facts: StoreFacts = field(default_factory=StoreFacts)
    allow_private: bool = False
    ca_file: str = ""
    requests_at_once: int = 1
    keyring: Keyring | None = field(default=None, repr=False)
