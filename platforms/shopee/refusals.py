"""Refusals of the app or the shop as a whole, and where to click against each.

Source: the common error list of the API reference; the console is https://open.shopee.com.
"""

from dataclasses import dataclass

from platforms.errors import SiteRefused

CONSOLE = "Shopee Open Platform console > App Management > the app"
AUTHORISE = "Authorise the shop again: on the site's page, or with a new code from the store."
# What a person mends elsewhere is looked at again by itself.
LOOK_AGAIN = 900


class NotAllowed(SiteRefused):
    """This one call is not open to the app or the shop; others may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteTrouble:
    """One such refusal.

    `may_pass`: mended elsewhere, so worth another look by itself. `may_be_business`: after a
    write it may concern the one thing written. `is_one_call`: other calls may be open.
    """

    sentence: str
    fix: str
    code: str = "store_refused_credentials"
    may_pass: bool = False
    may_be_business: bool = False
    is_one_call: bool = False

    def error(self, said: str) -> SiteRefused:
        """The error to raise, with the store's words."""
        kind = NotAllowed if self.is_one_call else SiteRefused
        return kind(
            self.sentence,
            said=said,
            code=self.code,
            fix=self.fix,
            retry_after=LOOK_AGAIN if self.may_pass else None,
        )


CREDENTIALS = SiteTrouble(
    sentence="The store does not know the partner id, the partner key, or the two together.",
    fix=f"{CONSOLE}: copy the partner id and the key of the same environment (live keys work "
    "on live hosts only, test keys on openplatform.sandbox.test-stable.shopee.sg only).",
)
NOT_LINKED = SiteTrouble(
    sentence="The shop has not let this app in, or its consent has ended.", fix=AUTHORISE
)
NOT_ALLOWED = SiteTrouble(
    sentence="The app may not make this call.",
    fix=f"{CONSOLE} > API permissions: have the Order, Product, Logistics, Payment and Returns "
    "modules granted; Seller Centre shows what the shop itself still has to complete.",
    may_pass=True,
    may_be_business=True,
    is_one_call=True,
)
SUSPENDED = SiteTrouble(
    sentence="The store has taken this call off, or there is none at this address.",
    fix="Enter the host alone as the site's address, such as https://partner.shopeemobile.com.",
    code="store_bad_response",
    may_pass=True,
    is_one_call=True,
)

REFUSALS: dict[str, SiteTrouble] = {
    "error_sign": CREDENTIALS,
    "invalid_partner_id": CREDENTIALS,
    "error_shop": SiteTrouble(
        sentence="The store does not know this shop id, or not for this app.",
        fix="Seller Centre > Shop Settings shows the shop id; it must be the shop that let us in.",
        may_be_business=True,
    ),
    "partner_shop_no_link": NOT_LINKED,
    "shop_no_linked": NOT_LINKED,
    "shop_access_expired": NOT_LINKED,
    "error_shop_refresh_token": NOT_LINKED,
    "refresh_token_expired": NOT_LINKED,
    "shop_banned": SiteTrouble(
        sentence="The store has banned the shop and takes no calls for it.",
        fix="Seller Centre > Account Health says why; Shopee's seller support lifts it.",
        may_pass=True,
    ),
    "error_partner_key_expired": SiteTrouble(
        sentence="The app's partner key has expired.",
        fix=f"{CONSOLE} > Partner key: reset it, then enter the new key here.",
        may_pass=True,
    ),
    "source_ip_undeclared": SiteTrouble(
        sentence="The app does not declare the address that this machine calls from.",
        fix=f"{CONSOLE} > IP address whitelist: add the address that the store names.",
        may_pass=True,
    ),
    "error_api_permission": NOT_ALLOWED,
    "error_api_call_restricted": NOT_ALLOWED,
    "error_ashop_api_permission": NOT_ALLOWED,
    "error_kyc_auth": NOT_ALLOWED,
    "error_permission": NOT_ALLOWED,
    "api_suspended": SUSPENDED,
    "page": SiteTrouble(
        sentence="Something in front of the store answered in its place.",
        fix=f"{CONSOLE} > IP address whitelist: add this machine's address; if it is there, ask "
        "who runs the network between.",
        code="store_bad_response",
        may_pass=True,
    ),
    "no_api": SiteTrouble(
        sentence="There is no Shopee Open Platform at this address.",
        fix="Enter the host alone as the site's address, such as https://partner.shopeemobile.com.",
        code="store_bad_response",
    ),
}
