"""What a shop says about itself: its name, its market, and until when it lets us in.

Source: GET /shop/get_shop_info, which wraps nothing in `response`.
"""

from typing import Any

from platforms.base import StoreFacts
from platforms.errors import BadResponse
from platforms.payload_fields import text
from platforms.shopee.client import USUAL, Client, Patience
from platforms.shopee.fields import as_instant
from platforms.shopee.regions import REGIONS, settlement_digits
from platforms.shopee.statuses import STAGES


def learn_facts(client: Client, patience: Patience = USUAL) -> StoreFacts:
    """The shop's facts, in one request.

    BadResponse: the shop is of a market that is not known here, so its currency is not either.
    """
    info = client.get("shop/get_shop_info", patience=patience).whole()
    name = text(info, "region").upper()
    region = REGIONS.get(name)
    if region is None:
        raise BadResponse("The shop is of a market whose currency is not known.", said=name[:20])
    return StoreFacts(
        title=text(info, "shop_name"),
        currency=region.currency,
        timezone=region.timezone,
        digits=settlement_digits(region.currency),
        statuses=tuple(STAGES),
        consent_until=_consent_until(info),
    )


def _consent_until(info: dict[str, Any]) -> str:
    """When the consent ends, as 2027-03-01T00:00:00Z; "" where the shop does not say."""
    until = as_instant(info.get("expire_time"))
    return "" if until is None else until.strftime("%Y-%m-%dT%H:%M:%SZ")
