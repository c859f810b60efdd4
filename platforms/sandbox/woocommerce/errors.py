"""The error envelope of the WordPress REST API, and the errors that several routes share.

`{"code", "message", "data": {"status", …}}`; refunds answer with a bare number in `data`.
"""

from typing import Any


class RestError(Exception):
    """An answer other than success. `data` replaces the whole `data` member when given."""

    def __init__(
        self,
        code: str,
        message: str,
        status: int,
        *,
        extra: dict[str, Any] | None = None,
        data: Any = None,
    ) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.data: Any = data if data is not None else {"status": status, **(extra or {})}

    def envelope(self) -> dict[str, Any]:
        return {"code": self.code, "message": self.message, "data": self.data}


_REFUSALS = {
    "view": "Sorry, you cannot list resources.",
    "view_item": "Sorry, you cannot view this resource.",
    "create": "Sorry, you are not allowed to create resources.",
    "edit": "Sorry, you are not allowed to edit this resource.",
    "delete": "Sorry, you are not allowed to delete this resource.",
    "batch": "Sorry, you are not allowed to batch manipulate this resource.",
}


def cannot(action: str, *, signed_in: bool) -> RestError:
    """The user may not: 401 for nobody, 403 for somebody without the right."""
    code = f"woocommerce_rest_cannot_{action.removesuffix('_item')}"
    return RestError(code, _REFUSALS[action], 403 if signed_in else 401)


def no_route() -> RestError:
    message = "No route was found matching the URL and request method."
    return RestError("rest_no_route", message, 404)


def authentication(message: str, code: str = "woocommerce_rest_authentication_error") -> RestError:
    return RestError(code, message, 401)


def invalid_id(resource: str, status: int, message: str = "Invalid ID.") -> RestError:
    """No such object. GET and DELETE answer 404, PUT mostly 400, with the same code."""
    return RestError(f"woocommerce_rest_{resource}_invalid_id", message, status)


def invalid_json() -> RestError:
    return RestError(
        "rest_invalid_json",
        "Invalid JSON body passed.",
        400,
        extra={"json_error_code": 4, "json_error_message": "Syntax error"},
    )


def invalid_params(faults: dict[str, tuple[str, str, Any]]) -> RestError:
    """`faults`: parameter to (code, message, data of its detail)."""
    return RestError(
        "rest_invalid_param",
        "Invalid parameter(s): " + ", ".join(faults),
        400,
        extra={
            "params": {name: message for name, (_, message, _) in faults.items()},
            "details": {
                name: {"code": code, "message": message, "data": data}
                for name, (code, message, data) in faults.items()
            },
        },
    )


def missing_params(names: list[str]) -> RestError:
    return RestError(
        "rest_missing_callback_param",
        "Missing parameter(s): " + ", ".join(names),
        400,
        extra={"params": names},
    )


def force_required(what: str) -> RestError:
    message = f"{what} do not support trashing."
    return RestError("woocommerce_rest_trash_not_supported", message, 501)
