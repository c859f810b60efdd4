"""The pages on which a seller lets an app in, or sends it away. This seller always agrees.

Source: "Authorization" of the developer guide: the signed link
/api/v2/shop/auth_partner (and cancel_auth_partner), and the newer page /auth (and
/cancel_auth), which is not signed.
"""

from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit, urlunsplit

from platforms.sandbox.shopee.callers import demand_caller
from platforms.sandbox.shopee.errors import ShopeeError, unknown_partner, wrong_parameters
from platforms.sandbox.shopee.exchange import Family
from platforms.sandbox.shopee.world import ShopeeStore
from platforms.sandbox.wire import HTML_TYPE, Response, WireRequest

SIGNED = {"/api/v2/shop/auth_partner": True, "/api/v2/shop/cancel_auth_partner": False}
UNSIGNED = {"/auth": True, "/cancel_auth": False}
PAGES = frozenset({*SIGNED, *UNSIGNED})

_AUTHORISED, _AUTHORISATION_CANCELLED = 1, 2


def consent_page(store: ShopeeStore, request: WireRequest) -> Response:
    """302 to the redirect address, with code and shop_id beside what it had in its query.

    ShopeeError when the link is not right.
    """
    query = parse_qs(request.raw_query, keep_blank_values=True)
    with store.lock:
        if request.path in SIGNED:
            demand_caller(store, query, request.path, family=Family.PUBLIC, address=request.address)
            is_letting_in, target = SIGNED[request.path], _one(query, "redirect")
            added: dict[str, str] = {}
        else:
            is_letting_in, target = UNSIGNED[request.path], _one(query, "redirect_uri")
            _demand_page_parameters(store, query, is_letting_in=is_letting_in)
            state = _one(query, "state")
            added = {"state": state} if state else {}
        _demand_redirect(store, target)
        if is_letting_in:
            store.give_consent()
            added |= {"code": store.tokens.new_code()}
        else:
            store.withdraw_consent()
        added |= {"shop_id": str(store.settings.shop_id)}
    return Response(302, b"", {"Location": _with_query(target, added)}, HTML_TYPE)


def _demand_page_parameters(
    store: ShopeeStore, query: dict[str, list[str]], *, is_letting_in: bool
) -> None:
    if _one(query, "partner_id") != str(store.settings.partner_id):
        raise unknown_partner()
    if _one(query, "auth_type") != "seller":
        raise wrong_parameters("auth_type is invalid.")
    if is_letting_in and _one(query, "response_type") != "code":
        raise wrong_parameters("response_type is invalid.")


def _demand_redirect(store: ShopeeStore, target: str) -> None:
    address = urlsplit(target)
    if address.scheme not in ("http", "https") or not address.hostname:
        raise wrong_parameters("redirect is invalid.")
    registered = store.settings.redirect_domain
    if registered and address.hostname != registered:
        raise ShopeeError("error_auth", "The redirect domain is not the registered one.", 403)


def _with_query(address: str, added: dict[str, str]) -> str:
    parts = urlsplit(address)
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), *added.items()])
    return urlunsplit(parts._replace(query=query))


def _one(query: dict[str, list[str]], name: str) -> str:
    values = query.get(name)
    return values[0] if values else ""
