"""How a site's webhooks stand, in a sentence, for the site's page."""

from dataclasses import dataclass

from platforms import registry
from platforms.base import SubscriptionState
from webapp.admin.frame.session import backing, reading
from webapp.admin.frame.site_facts import SiteFacts
from webapp.backoffice.sites.subscriptions import Standing, notice_address, standing_of

UNREACHABLE = (
    "Tillbridge has no public address, so the store cannot tell it anything. Orders come in with "
    "each pull."
)
GIVE_ADDRESS = (
    "Set TILLBRIDGE_PUBLIC_URL to the address under which the store reaches Tillbridge "
    "(https://…), and start it again."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookFacts:
    """What the page says. `look`: ok, warn, bad or wait; `button` "" is none.

    `address`: where the store sends to, "" while nobody has asked for it; `fix`: what only a
    person can do.
    """

    look: str
    word: str
    sentence: str
    fix: str = ""
    button: str = ""
    address: str = ""
    standing: Standing | None = None


def webhook_facts(site: SiteFacts) -> WebhookFacts | None:
    """How a site's webhooks stand; None: its platform sends none."""
    platform = registry.get(site.platform)
    if platform.notices is None:
        return None
    standing = standing_of(reading(), site.id)
    address = notice_address(backing().config.public_url, platform, site.id)
    if not address:
        return WebhookFacts(
            look="wait" if standing is None else "warn",
            word="off",
            sentence=UNREACHABLE,
            fix=GIVE_ADDRESS,
            standing=standing,
        )
    if standing is None:
        return WebhookFacts(
            look="wait",
            word="off",
            sentence="The store is not asked to tell of its orders: they come in with each pull.",
            button="Set up webhooks",
        )
    look, word, sentence = _said(standing)
    return WebhookFacts(
        look=look,
        word=word,
        sentence=sentence,
        fix=standing.fix,
        button="" if standing.is_asked else "Look again" if standing.fix else "Repair",
        address=address,
        standing=standing,
    )


def _said(standing: Standing) -> tuple[str, str, str]:
    """The look, the word and the sentence of a subscription."""
    if standing.is_asked:
        said = f" Last time it came to nothing: {standing.said}" if standing.said else ""
        return "wait", "asked for", f"The store is told with the next work on this site.{said}"
    match standing.state:
        case SubscriptionState.ACTIVE:
            return "ok", "on", "The store tells of each order as soon as something happens to it."
        case SubscriptionState.DISABLED:
            again = " It was put right once, and did not last." if standing.mended_at else ""
            return "bad", "disabled", f"{standing.said}{again} Orders come in with each pull."
        case None:
            return "warn", "not known", standing.said or "The store has not been looked at yet."
    words = {SubscriptionState.PAUSED: "paused", SubscriptionState.ELSEWHERE: "elsewhere"}
    word = words.get(standing.state, "not set up")
    return "warn", word, f"{standing.said} Orders come in with each pull."
