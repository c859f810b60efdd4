"""The connection test: step by step, what works, and what to click where it does not.

The steps follow the order in which WordPress itself decides: the address, the REST API,
WooCommerce, the clock and scheme, the key, its permissions, its user's rights. The first that
fails says what to do; the later ones are not tested.
Source: the authentication and troubleshooting pages of the WooCommerce REST API reference.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from platforms.base import ConnectionReport, StoreFacts
from platforms.connection_steps import StepFailed, TimeLeft, run_steps
from platforms.errors import PlatformError, TryAgain
from platforms.json_body import json_part
from platforms.transport import Answer
from platforms.woocommerce.answers import is_firewall
from platforms.woocommerce.client import Client, Patience
from platforms.woocommerce.facts import INDEX_FIELDS, index_in, is_too_old, learn_facts
from platforms.woocommerce.key_check import FIREWALL_FIX, KeyCheck

LARGEST_CLOCK_DIFFERENCE = 15  # minutes; beyond, the server refuses an OAuth timestamp
NOTHING_YET = Answer(status=0, headers={}, body=b"", url_without_query="", store_time=None)
TYPING_FIX = "Open the address in a browser. If the shop does not show, correct the address."


def check(client: Client) -> ConnectionReport:
    """Test the connection. Never raises for what the shop does wrong.

    Bounded in time: about a minute for a shop that answers nothing, a second for a good one.
    """
    test = ConnectionTest(client)
    checks = run_steps(STEPS, test, usual_fix=TYPING_FIX)
    return ConnectionReport(
        is_ok=all(each.is_ok for each in checks), facts=test.facts, checks=checks
    )


class ConnectionTest:
    """One run of the test: what the steps so far have found."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.facts = StoreFacts()
        self.index: dict[str, Any] = {}
        self.answer = NOTHING_YET
        self.key = KeyCheck(client, self.patience)
        self._time = TimeLeft()

    def patience(self) -> Patience:
        """For the next request, so that all of them together end in time."""
        seconds = self._time.seconds()
        return Patience(read_seconds=seconds, deadline=seconds, retries=0)


def _address(test: ConnectionTest) -> str:
    client = test.client
    test.answer = client.raw(f"{client.root}/", {"_fields": INDEX_FIELDS}, patience=test.patience())
    here, there = urlsplit(client.root), urlsplit(test.answer.url_without_query)
    if (here.scheme, here.netloc) != (there.scheme, there.netloc):
        moved = f"{there.scheme}://{there.netloc}"
        raise StepFailed(
            f"The address redirects to {moved}. Keys are not told to another address, and "
            "changes sent to a redirect are lost.",
            fix=f"Enter {moved} as the address of the site.",
        )
    return f"{here.netloc} answers."


def _wordpress(test: ConnectionTest) -> str:
    answer = test.answer
    if json_part(answer.body) is not None:
        return _rest_api(answer)
    if is_firewall(answer):
        raise StepFailed(
            "A firewall in front of the store answered in its place.", fix=FIREWALL_FIX
        )
    if answer.status >= 500:
        raise TryAgain("The store is not available just now.")
    if _answers_without_permalinks(test):
        raise StepFailed(
            "The store uses plain permalinks, and then the WooCommerce API takes no keys.",
            fix="WordPress: Settings > Permalinks: choose anything but Plain, and save.",
        )
    raise StepFailed(
        "There is no WordPress REST API at this address.",
        fix="Enter the address of the shop's front page, with its folder if it is in one "
        "(https://example.com/shop). Where security plugins hide the API, let it show.",
    )


def _rest_api(answer: Answer) -> str:
    if answer.status in (401, 403):
        raise StepFailed(
            "The WordPress REST API is switched off for visitors.",
            fix="WordPress: Plugins: look in the security plugins for a setting that disables "
            "the REST API, and turn it off for /wp-json/wc/.",
        )
    return "WordPress answers."


def _answers_without_permalinks(test: ConnectionTest) -> bool:
    query = {"rest_route": "/", "_fields": "namespaces"}
    try:
        answer = test.client.raw(f"{test.client.home}/", query, patience=test.patience())
    except PlatformError:
        return False
    found = json_part(answer.body)
    return found is not None and b'"namespaces"' in found


def _woocommerce(test: ConnectionTest) -> str:
    test.index = index_in(test.answer)
    return "WooCommerce is active."


def _clock(test: ConnectionTest) -> str:
    told = test.answer.store_time
    if told is None:
        return "The store does not tell its time."
    minutes = int(abs((datetime.now(UTC) - told).total_seconds()) // 60)
    if minutes < 1:
        return "The clocks agree."
    message = f"The clocks of the store and of this machine differ by {minutes} minutes."
    if minutes >= LARGEST_CLOCK_DIFFERENCE and test.client.scheme == "http":
        raise StepFailed(
            message,
            fix="Set the clock that is wrong: over plain HTTP the store refuses keys beyond "
            f"{LARGEST_CLOCK_DIFFERENCE} minutes. Or use the https address.",
        )
    return message


def _scheme(test: ConnectionTest) -> str:
    if test.client.scheme == "https":
        return "The connection is encrypted."
    home = str(test.index.get("home") or test.index.get("url") or "")
    if home.startswith("https://"):
        raise StepFailed(
            f"The store's own address is {home}, but it is asked over plain HTTP.",
            fix=f"Enter {home} as the address of the site.",
        )
    return "The connection is not encrypted. Keys are safe in it, buyers' data are not."


def _key(test: ConnectionTest) -> str:
    return test.key.is_known(test.index)


def _secret(test: ConnectionTest) -> str:
    return test.key.has_right_secret(test.index)


def _read(test: ConnectionTest) -> str:
    return test.key.may_read()


def _write(test: ConnectionTest) -> str:
    return test.key.may_write()


def _user(test: ConnectionTest) -> str:
    return test.key.user_has_rights()


def _currency(test: ConnectionTest) -> str:
    test.facts = learn_facts(test.client, test.patience())
    if not test.facts.currency:
        raise StepFailed(
            "The store does not tell its currency.",
            fix="WordPress: WooCommerce > Settings > General: choose a currency, and save.",
        )
    if test.facts.digits is None:
        return f"{test.facts.currency}. Its decimals are taken from each order."
    return f"{test.facts.currency} with {test.facts.digits} decimals."


def _version(test: ConnectionTest) -> str:
    version = test.facts.version
    if not version:
        return "The store does not tell its version to this key."
    if is_too_old(version):
        raise StepFailed(
            f"WooCommerce {version} cannot list orders by their changes.",
            fix="WordPress: Dashboard > Updates: update WooCommerce to 5.8 or later.",
        )
    return f"WooCommerce {version}."


def _refunds(test: ConnectionTest) -> str:
    if test.facts.has_refund_list:
        return "Refunds are read for all orders at once."
    return "Refunds are read order by order: WooCommerce 9.0 would list them at once."


STEPS: tuple[tuple[str, Callable[[ConnectionTest], str]], ...] = (
    ("address", _address),
    ("wordpress", _wordpress),
    ("woocommerce", _woocommerce),
    ("clock", _clock),
    ("https", _scheme),
    ("key", _key),
    ("secret", _secret),
    ("read", _read),
    ("write", _write),
    ("user", _user),
    ("currency", _currency),
    ("version", _version),
    ("refunds", _refunds),
)
