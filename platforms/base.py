"""What a platform must offer, and the neutral words that it offers it in.

The words themselves are in `connections`, `keys` and the `remote_…` modules; everything outside
a platform's folder takes them from here.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from platforms.connections import (
    Check,
    ConnectGuide,
    ConnectionReport,
    CredentialField,
    StoreAccess,
    StoreFacts,
)
from platforms.keys import RENEWAL_SECONDS, ConsentLink, Keyring
from platforms.remote_escrow import (
    EscrowAdjustment,
    EscrowAmount,
    EscrowKind,
    PayoutPage,
    RemoteEscrow,
    RemotePayout,
)
from platforms.remote_listings import (
    PushResult,
    RemoteListing,
    Shipment,
    ShipmentTold,
    StockKeeping,
    StockLevel,
    StockOutcome,
)
from platforms.remote_notices import NoticeKind, StoreNotice, Subscription, SubscriptionState
from platforms.remote_orders import (
    DetailNotice,
    FetchedOrder,
    FieldNames,
    OpenedOrder,
    OrderPage,
    RefundedKind,
    RemoteAddress,
    RemoteBuyer,
    RemoteCharge,
    RemoteDelivery,
    RemoteFee,
    RemoteLine,
    RemoteOrder,
    RemoteRefund,
    RemoteRefundLine,
    RemoteTax,
    Stage,
    StoreTerms,
)

__all__ = [
    "RENEWAL_SECONDS",
    "Check",
    "ConnectGuide",
    "ConnectionReport",
    "Consent",
    "ConsentLink",
    "CredentialField",
    "DetailNotice",
    "EscrowAdjustment",
    "EscrowAmount",
    "EscrowKind",
    "FetchedOrder",
    "FieldNames",
    "Keyring",
    "NoticeKind",
    "NoticeReader",
    "OpenedOrder",
    "OrderPage",
    "PayoutPage",
    "Platform",
    "PushResult",
    "ReadAhead",
    "RefundedKind",
    "RemoteAddress",
    "RemoteBuyer",
    "RemoteCharge",
    "RemoteDelivery",
    "RemoteEscrow",
    "RemoteFee",
    "RemoteLine",
    "RemoteListing",
    "RemoteOrder",
    "RemotePayout",
    "RemoteRefund",
    "RemoteRefundLine",
    "RemoteTax",
    "Shipment",
    "ShipmentTold",
    "Stage",
    "StockKeeping",
    "StockLevel",
    "StockOutcome",
    "Store",
    "StoreAccess",
    "StoreFacts",
    "StoreNotice",
    "StoreTerms",
    "Subscription",
    "SubscriptionState",
]


class ReadAhead(Protocol):
    """Pages, one after the other, that can be asked for one ahead."""

    def __iter__(self) -> Iterator[OrderPage]:
        """The pages; an error comes up where its page would have come."""

    def begin(self) -> None:
        """Ask for the next page now. Until it is taken, the caller asks the store nothing else."""


class Store(Protocol):
    """One store, connected. Each method speaks over the network and raises PlatformErrors."""

    @property
    def requests(self) -> int:
        """HTTP requests sent so far."""

    def check(self) -> ConnectionReport:
        """Test the connection step by step; never raises for what the store does wrong."""

    def learn_facts(self) -> StoreFacts:
        """The store's facts that reading orders depends on, in as few requests as it takes."""

    def changed_orders(self, *, since: datetime | None) -> Iterator[OrderPage]:
        """Orders of every status whose modified time is at or after `since`, oldest first.

        Lists that come apart (a trash) come first, with `complete_to` None. Rows that move
        while we page are not missed; a row may come twice. Details are not in it yet: see
        `with_details`.
        """

    def orders_placed(self, *, since: datetime, until: datetime | None) -> Iterator[OrderPage]:
        """Orders of every status placed at or after `since` and before `until`."""

    def ahead(self, pages: Iterator[OrderPage]) -> AbstractContextManager["ReadAhead"]:
        """Pages of one of the lists above, the next of which may be asked for early.

        With `StoreAccess.requests_at_once` 1, and once the store asked to wait, it never is.
        """

    def orders_by_id(self, remote_ids: Sequence[str]) -> tuple[FetchedOrder, ...]:
        """These orders as they are now; those that the list does not show are absent."""

    def order_by_id(self, remote_id: str) -> FetchedOrder:
        """One order with its details. NotFound: the store says it does not exist."""

    def order_by_number(self, number: str) -> FetchedOrder:
        """One order by the number people know, with its details. NotFound: there is none."""

    def with_details(self, orders: Sequence[FetchedOrder]) -> tuple[FetchedOrder, ...]:
        """The same orders with `details` read from the store: refunds, returns, escrow."""

    def detail_news(self, since: datetime) -> Iterator[DetailNotice]:
        """Details made or changed at or after `since`, whatever their orders' dates say.

        Empty where the store has no such list. What is read since then is known by
        `Platform.detail_marks` of its payload.
        """

    def payouts(self, *, since: datetime) -> Iterator[PayoutPage]:
        """What the marketplace released at or after `since`, oldest first.

        Empty where `Platform.has_payouts` is False.
        """

    def missed_notices(self) -> tuple[StoreNotice, ...]:
        """Notices that the store could not deliver; it counts them as heard after this.

        Empty where the store keeps none. They may be of other shops, see `NoticeReader`.
        """

    def subscription(self, url: str) -> Subscription:
        """How things stand with the notices that the store should send to `url`. Changes nothing."""

    def subscribe(self, url: str, secret: str) -> Subscription:
        """Have the store send its notices to `url`; how things stand after that.

        `secret`: what it is to sign with, "" where `NoticeReader.own_secret` is. What is ours is
        put right, what is missing made; what was made for others is left alone. Doing it twice
        makes nothing twice.
        """

    def catalogue(self) -> Iterator[tuple[RemoteListing, ...]]:
        """Every listing, page by page, variations included."""

    def set_stock(self, levels: Sequence[StockLevel]) -> Iterator[tuple[StockOutcome, ...]]:
        """Set quantities; outcomes come batch by batch, one for each level.

        TryAgain and SiteRefused: what was not yet yielded was not sent.
        """

    def tell_shipped(self, shipment: Shipment) -> ShipmentTold:
        """Tell the store that an order leaves: its status, tracking and note, or the courier's call.

        Telling it twice is no fault. Refused: the store does not let it leave, in its words.
        """

    def tracking_of(self, remote_id: str) -> str:
        """The tracking number that the store's own courier gave an order; "" while there is none."""


class Consent(Protocol):
    """How a shop's owner lets us in, on pages of the store."""

    def links(
        self, access: StoreAccess, *, redirect: str, state: str, now: datetime
    ) -> tuple[ConsentLink, ...]:
        """Addresses where the owner consents; the store then sends them back to `redirect`.

        `state` comes back with them: one that we did not give is none of ours.
        """

    def accept(self, access: StoreAccess, answer: Mapping[str, str]) -> Mapping[str, str]:
        """The keys for what the store's page sent back, after the store confirmed the shop.

        They are in the keyring of `access` already. Refused: the consent is for another shop,
        too old, or was used before. Speaks over the network; PlatformErrors as any other.
        """


class NoticeReader(Protocol):
    """How the store's notices (webhooks) are told from forged ones, and read.

    `own_secret`: the credential that holds the secret we make up for one store to sign with, and
    then each store has an address of its own. "" where the store signs with a key of its own and
    tells an app of all its shops at one address.
    """

    own_secret: str

    def read(
        self, *, url: str, headers: Mapping[str, str], body: bytes, credentials: Mapping[str, str]
    ) -> StoreNotice | None:
        """What a notice says; None: nothing that concerns us, or the store's own test.

        The signature is compared in constant time over the raw bytes, before anything is
        parsed. `url`: the address as it was registered at the store; `headers`: names in lower
        case. Refused: the signature is wrong or missing. BadResponse: signed, but no notice.
        """

    def is_of(self, notice: StoreNotice, credentials: Mapping[str, str]) -> bool:
        """Whether a notice is of the shop that these credentials are for."""


class Platform(Protocol):
    """What a platform folder declares (its module attribute `platform`)."""

    name: str  # as in site declarations
    label: str  # as people write it
    credential_fields: tuple[CredentialField, ...]
    guide: ConnectGuide
    default_statuses: tuple[str, ...]  # imported unless the site says otherwise
    shipped_status: str | None
    tax_collected_by: str  # "seller" or "marketplace"
    buyer_days: int  # how long buyer data is kept after the order ended
    escrow_fields: frozenset[str]  # of its escrow, that have a meaning here; none without one
    has_payouts: bool  # it is a marketplace: it lists what it released, order by order
    handovers: tuple[str, ...]  # ways a parcel may leave that a site chooses among; () is none
    consent: Consent | None  # None: keys are typed in only
    notices: NoticeReader | None

    def connect(self, access: StoreAccess) -> Store:
        """A connection to one store. Opens nothing yet."""

    def open_order(self, fetched: FetchedOrder, terms: StoreTerms) -> OpenedOrder:
        """Read a fetched order and part it from its buyer. OrderUnreadable: it makes no sense."""

    def read_payload(self, payload: bytes, terms: StoreTerms) -> RemoteOrder:
        """The order in a payload stored earlier. OrderUnreadable as above."""

    def detail_marks(self, payload: bytes) -> frozenset[str]:
        """The marks (`DetailNotice`) of the details stored with a payload."""

    def statuses_let_in(self, chosen: Sequence[str]) -> frozenset[str]:
        """The store's statuses that may begin here, given the site's choice."""
