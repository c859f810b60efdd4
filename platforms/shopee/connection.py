"""The connection test: step by step, what works, and what to click where it does not.

The steps follow the order in which the store itself decides: the address, the clock, the
partner's id and key, the tokens, the shop, and each module that is read. The first that fails
says what to do; the later ones are not tested.
Source: the common error list of the API reference.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from platforms.base import ConnectionReport, StoreFacts
from platforms.connection_steps import StepFailed, TimeLeft, run_steps
from platforms.errors import BadResponse, PlatformError, SiteRefused
from platforms.shopee.catalogue import STATUSES
from platforms.shopee.client import Client, Patience, Query
from platforms.shopee.facts import learn_facts
from platforms.shopee.gateway import Call
from platforms.shopee.refusals import AUTHORISE

CONSENT_ENDS_SOON = timedelta(days=30)
ADDRESS_FIX = (
    "Enter the host alone as the site's address: https://partner.shopeemobile.com, "
    "https://openplatform.shopee.cn or https://openplatform.shopee.com.br."
)
# The call and the day before it: whether it is open, not what it tells.
LAST_DAY = 86_400


def check(client: Client) -> ConnectionReport:
    """Test the connection. Never raises for what the store does wrong.

    Bounded in time: about a minute for a store that answers nothing, a second for a good one.
    """
    test = ConnectionTest(client)
    checks = run_steps(STEPS, test, usual_fix=ADDRESS_FIX)
    return ConnectionReport(
        is_ok=all(each.is_ok for each in checks), facts=test.facts, checks=checks
    )


class ConnectionTest:
    """One run of the test: what the steps so far have found."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.facts = StoreFacts()
        self.store_time: datetime | None = None
        self.refused: PlatformError | None = None
        self._time = TimeLeft()

    def patience(self) -> Patience:
        """For the next request, so that all of them together end in time."""
        seconds = self._time.seconds()
        return Patience(read_seconds=seconds, deadline=seconds, retries=0)

    def may_read(
        self,
        path: str,
        query: Query,
        repeated: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """Ask for one row. SiteRefused: the call is not open; TryAgain: not answered."""
        self.client.get(path, query, repeated=repeated, patience=self.patience())


def _address(test: ConnectionTest) -> str:
    """One signed question of the app: any answer of the API shows that the address is right."""
    client = test.client
    call = Call(
        method="GET",
        path="public/get_shops_by_partner",
        query={"page_size": 1, "page_no": 1},
        patience=test.patience(),
    )
    try:
        test.store_time = client.gateway.ask(call, client.tokens.app()).store_time
    except (SiteRefused, BadResponse) as refused:
        if refused.code == "store_bad_response":
            raise
        test.refused = refused
    return f"{client.gateway.root.partition('://')[2]} answers."


def _clock(test: ConnectionTest) -> str:
    told = test.store_time
    if told is None:
        return "The store does not tell its time."
    difference = abs(datetime.now(UTC) - told)
    if difference < timedelta(minutes=1):
        return "The clocks agree."
    minutes = int(difference.total_seconds() // 60)
    # Beyond five minutes the store refuses our time, and the calls are made by its own.
    return f"The clocks of the store and of this machine differ by {minutes} minutes."


def _key(test: ConnectionTest) -> str:
    if test.refused is not None:
        raise test.refused
    return "The store knows the partner id, and its key is right."


def _tokens(test: ConnectionTest) -> str:
    test.client.tokens.owner()
    return "The shop has let this app in."


def _shop(test: ConnectionTest) -> str:
    test.facts = learn_facts(test.client, test.patience())
    return f"{test.facts.title or 'The shop'} answers, in {test.facts.currency}."


def _consent(test: ConnectionTest) -> str:
    if not test.facts.consent_until:
        return "The store does not tell until when the shop lets this app in."
    until = datetime.fromisoformat(test.facts.consent_until)
    now = test.store_time or datetime.now(UTC)
    day = f"{until:%Y-%m-%d}"
    if until <= now:
        raise StepFailed(f"The shop's consent ended on {day}.", fix=AUTHORISE)
    if until - now < CONSENT_ENDS_SOON:
        return f"The shop's consent ends on {day}: authorise again before that day."
    return f"The shop lets this app in until {day}."


def _orders(test: ConnectionTest) -> str:
    now = test.client.gateway.now()
    test.may_read(
        "order/get_order_list",
        {
            "time_range_field": "update_time",
            "time_from": now - LAST_DAY,
            "time_to": now,
            "page_size": 1,
        },
    )
    return "Orders can be read."


def _returns(test: ConnectionTest) -> str:
    test.may_read("returns/get_return_list", {"page_no": 1, "page_size": 1})
    return "Returns can be read."


def _products(test: ConnectionTest) -> str:
    test.may_read("product/get_item_list", {"offset": 0, "page_size": 1}, {"item_status": STATUSES})
    return "Products can be read."


def _payments(test: ConnectionTest) -> str:
    now = test.client.gateway.now()
    test.may_read(
        "payment/get_escrow_list",
        {
            "release_time_from": now - LAST_DAY,
            "release_time_to": now,
            "page_size": 1,
            "page_no": 1,
        },
    )
    return "What the store releases can be read."


STEPS: tuple[tuple[str, Callable[[ConnectionTest], str]], ...] = (
    ("address", _address),
    ("clock", _clock),
    ("key", _key),
    ("tokens", _tokens),
    ("shop", _shop),
    ("consent", _consent),
    ("orders", _orders),
    ("returns", _returns),
    ("products", _products),
    ("payments", _payments),
)
