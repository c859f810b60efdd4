"""The app's pushes: whether they come to us, and how they are sent to us.

An app has one callback address for all its shops. Too many failures suspend the pushes for good:
what happened meanwhile is not sent later.
Source: GET /push/get_app_push_config, POST /push/set_app_push_config; the guide *Push mechanism*.
"""

from platforms.base import Subscription, SubscriptionState
from platforms.payload_fields import Row, text
from platforms.shopee.client import Client
from platforms.shopee.notices import CONSENT, OF_AN_ORDER

WANTED = tuple(sorted({*CONSENT, *OF_AN_ORDER}))
SUSPENDED = "suspended"
PLACE = "Shopee Open Platform console > App Management > Push Mechanism"


def subscription(client: Client, url: str) -> Subscription:
    """Whether the app's pushes go to this address, with every code that is needed on."""
    return _state_of(client.get("push/get_app_push_config").object(), url)


def subscribe(client: Client, url: str) -> Subscription:
    """Send the pushes here; the store tries the address at once, and refuses one that is silent.

    Pushes that go to another address stay there: somebody else may live on them.
    """
    found = subscription(client, url)
    if found.state in (SubscriptionState.ACTIVE, SubscriptionState.ELSEWHERE):
        return found
    client.post(
        "push/set_app_push_config",
        {"callback_url": url, "set_push_config_on": list(WANTED)},
    )
    return subscription(client, url)


def _state_of(config: Row, url: str) -> Subscription:
    there = text(config, "callback_url").strip()
    if not there:
        return Subscription(
            state=SubscriptionState.MISSING, said="The app has no callback address yet."
        )
    if there != url:
        return Subscription(
            state=SubscriptionState.ELSEWHERE,
            said=f"The app's pushes go to {there[:200]}, and an app has one address only.",
            fix=f"If nothing else needs them, enter {url} in {PLACE}, or clear the address there.",
        )
    if text(config, "live_push_status").strip().lower() == SUSPENDED:
        return Subscription(
            state=SubscriptionState.DISABLED,
            said="The store has suspended the pushes, as it does when most of them fail.",
        )
    on = config.get("push_config_on_list")
    missing = [code for code in WANTED if not isinstance(on, list) or code not in on]
    if missing:
        codes = ", ".join(str(code) for code in missing)
        return Subscription(
            state=SubscriptionState.MISSING, said=f"The pushes with the codes {codes} are off."
        )
    return Subscription(state=SubscriptionState.ACTIVE)
