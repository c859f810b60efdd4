"""Refusals: the gateway's own, and those that handlers raise.

Source: the common error list that stands under every page of the API reference.
"""


class ShopeeError(Exception):
    """A refusal with the code and the text of the wire.

    Business refusals come with HTTP 200; the gateway's, for who is calling, with 403.
    `response` is for the few refusals that carry a body all the same.
    """

    def __init__(
        self, error: str, message: str, status: int = 200, *, response: object = None
    ) -> None:
        super().__init__(f"{error}: {message}")
        self.error = error
        self.message = message
        self.status = status
        self.response = response


def wrong_parameters(detail: str, *, module: str = "") -> ShopeeError:
    """`error_param`, with the module before it where that module's examples have it."""
    code = f"{module}.error_param" if module else "error_param"
    return ShopeeError(code, f"Wrong parameters, detail: {detail}")


def no_such_order() -> ShopeeError:
    return ShopeeError("error_not_found", "Wrong parameters, detail: the order is not found.")


# -- the gateway ------------------------------------------------------------------------


def no_partner_id() -> ShopeeError:
    return ShopeeError("error_param", "There is no partner_id in query.", 403)


def partner_id_out_of_range() -> ShopeeError:
    return ShopeeError("error_param", "partner_id must be 0...4294967295.", 403)


def unknown_partner() -> ShopeeError:
    return ShopeeError("invalid_partner_id", "Invalid partner_id, please have a check.", 403)


def no_timestamp() -> ShopeeError:
    return ShopeeError("error_param", "There is no timestamp in query.", 403)


def invalid_timestamp() -> ShopeeError:
    return ShopeeError("error_param", "Invalid timestamp.", 403)


def timestamp_expired() -> ShopeeError:
    return ShopeeError("error_param", "Timestamp is expired.", 403)


def no_sign() -> ShopeeError:
    return ShopeeError("error_param", "There is no sign in query.", 403)


def wrong_sign() -> ShopeeError:
    return ShopeeError("error_sign", "Wrong sign.", 403)


def no_access_token() -> ShopeeError:
    return ShopeeError("error_param", "There is no access_token in query.", 403)


def no_shop_id() -> ShopeeError:
    return ShopeeError("error_param", "There is no shop_id in query.", 403)


def shop_id_out_of_range() -> ShopeeError:
    return ShopeeError("error_param", "shop_id must be 0...4294967295.", 403)


def invalid_access_token() -> ShopeeError:
    return ShopeeError("invalid_acceess_token", "Invalid access_token, please have a check.", 403)


def other_shop() -> ShopeeError:
    return ShopeeError("error_auth", "Invalid partner_id or shopid.", 403)


def not_linked() -> ShopeeError:
    return ShopeeError("partner_shop_no_link", "Partner and shop has no linked.", 403)


def shop_banned() -> ShopeeError:
    return ShopeeError(
        "shop_banned", "The shop is banned; its authorisation and calls are suspended.", 403
    )


def key_expired() -> ShopeeError:
    return ShopeeError(
        "error_partner_key_expired",
        "The live partner key has expired, please reset it in the console.",
        403,
    )


def address_undeclared(address: str) -> ShopeeError:
    return ShopeeError(
        "source_ip_undeclared",
        f"Source IP {address} is undeclared, please add it to the IP address whitelist.",
        403,
    )


def quota_reached() -> ShopeeError:
    return ShopeeError(
        "error_limit",
        "The daily quota of the app is reached; it resets at 00:00 UTC+08:00.",
    )


def unknown_path() -> ShopeeError:
    return ShopeeError("error_param", "The API is offline or the request path is incorrect.", 404)
