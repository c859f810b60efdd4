"""How a shop's owner lets the app in, on Shopee's own pages.

Source: the guide *Authorization*: the signed link /api/v2/shop/auth_partner, which dies after
five minutes and knows no state of its own, and the newer page /auth, which is not signed. Both
send the owner back with a code, good once and for ten minutes, and the shop's id.
"""

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from platforms.base import ConsentLink, StoreAccess
from platforms.errors import Refused
from platforms.shopee.answers import StaleToken
from platforms.shopee.client import Client, Patience
from platforms.shopee.gateway import Call, root_of
from platforms.shopee.signing import PREFIX, signed_query
from platforms.shopee.tokens import exchanged, owner_of

SIGNED_PAGE = "shop/auth_partner"
# The newer page has hosts of its own.
PAGE_HOSTS = {
    "partner.shopeemobile.com": "open.shopee.com",
    "openplatform.shopee.cn": "open.shopee.cn",
    "openplatform.shopee.com.br": "open.shopee.com.br",
    "openplatform.sandbox.test-stable.shopee.sg": "open.sandbox.test-stable.shopee.com",
    "openplatform.sandbox.test-stable.shopee.cn": "open.sandbox.test-stable.shopee.com",
}
# A person waits in front of a page.
SHORT = Patience(read_seconds=8, deadline=10, retries=0)


class ShopeeConsent:
    """See `platforms.base.Consent`."""

    def links(
        self, access: StoreAccess, *, redirect: str, state: str, now: datetime
    ) -> tuple[ConsentLink, ...]:
        """The signed link first; the newer page takes over where Shopee has closed it."""
        keys = access.keyring.read() if access.keyring else access.credentials
        owner = owner_of(keys)
        root = root_of(access.url)
        signed = signed_query(
            owner.partner_key,
            partner_id=owner.partner_id,
            path=SIGNED_PAGE,
            timestamp=int(now.timestamp()),
        )
        older = {**signed, "redirect": _with_state(redirect, state)}
        newer = {
            "partner_id": owner.partner_id,
            "auth_type": "seller",
            "redirect_uri": redirect,
            "response_type": "code",
            "state": state,
        }
        return (
            ConsentLink(label="Shopee", url=f"{root}{PREFIX}{SIGNED_PAGE}?{urlencode(older)}"),
            ConsentLink(
                label="Shopee's newer page", url=f"{_page_of(root)}/auth?{urlencode(newer)}"
            ),
        )

    def accept(self, access: StoreAccess, answer: Mapping[str, str]) -> Mapping[str, str]:
        """The keys for a code, kept in the keyring, after the shop answered to them."""
        code = answer.get("code", "").strip()
        shop_id = answer.get("shop_id", "").strip()
        if not shop_id and answer.get("main_account_id"):
            raise Refused(
                "A main account with several shops let us in. Sign in to Shopee with the shop's "
                "own account, and authorise again."
            )
        if not code:
            raise Refused("Shopee sent no authorisation back.")
        client = Client(access)
        keys = self._exchanged(client, code, shop_id)
        _confirm(client)
        return keys

    def _exchanged(self, client: Client, code: str, shop_id: str) -> Mapping[str, str]:
        with client.keyring.renewing() as renewal:
            keys = dict(renewal.keys)
            ours = owner_of(keys).shop_id
            if ours and shop_id and shop_id != ours:
                raise _other_shop(shop_id)
            keys["shop_id"] = ours or shop_id
            pair = exchanged(client.gateway, keys, code)
            if not keys["shop_id"] and len(pair.shops) == 1:
                keys["shop_id"] = pair.shops[0]
            if pair.shops and keys["shop_id"] not in pair.shops:
                raise _other_shop(pair.shops[0])
            new = dict(pair.keys) if ours else {**pair.keys, "shop_id": keys["shop_id"]}
            renewal.store(new)
            return new


def _confirm(client: Client) -> None:
    """The shop itself answers to the new token.

    Source: GET /shop/get_shop_info.
    """
    try:
        client.gateway.ask(
            Call(method="GET", path="shop/get_shop_info", patience=SHORT), client.tokens.owner()
        )
    except StaleToken as stale:
        raise Refused("The authorisation is for another shop.", said=stale.said) from None


def _other_shop(shop_id: str) -> Refused:
    return Refused(
        f"The authorisation is for the shop {shop_id[:20]}, and not for the one of this site. "
        "Sign in to Shopee as this shop, and authorise again."
    )


def _with_state(redirect: str, state: str) -> str:
    """The older page keeps what the address has in its query, and gives nothing else back."""
    parts = urlsplit(redirect)
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), ("state", state)])
    return urlunsplit(parts._replace(query=query))


def _page_of(root: str) -> str:
    host = PAGE_HOSTS.get(urlsplit(root).hostname or "")
    return f"https://{host}" if host else root
