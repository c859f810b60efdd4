"""A plain client for the local store that knows HTTP, JSON and the signature, nothing more."""

import hashlib
import hmac
from time import time
from typing import Any

import requests

from platforms.sandbox.shopee import Sandbox

PUBLIC = ("/auth/", "/public/", "/push/")


class Caller:
    """Requests to one store; `path` is behind `/api/v2`."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.credentials = dict(sandbox.credentials)
        self._session = requests.Session()
        self._session.trust_env = False

    def call(
        self,
        method: str,
        path: str,
        *,
        params: Any = None,
        body: Any = None,
        common: dict[str, str | None] | None = None,
        signed_at: int | None = None,
    ) -> requests.Response:
        """Signed now. `params`: a dict (lists become repeated keys) or a list of pairs.

        `common` replaces what every call carries after the signing; None leaves it out.
        """
        carried = {**self._common(path, signed_at), **(common or {})}
        pairs = [(name, value) for name, value in carried.items() if value is not None]
        pairs += list(params.items()) if isinstance(params, dict) else list(params or ())
        return self._session.request(
            method,
            f"{self.sandbox.url}/api/v2{path}",
            params=pairs,
            json=body,
            timeout=10,
        )

    def get(self, path: str, **params: Any) -> Any:
        """The `response` of a GET that must succeed."""
        return _response(self.call("GET", path, params=params))

    def post(self, path: str, **body: Any) -> Any:
        """The `response` of a POST that must succeed; None when there is none."""
        return _response(self.call("POST", path, body=body))

    def refused(self, method: str, path: str, **sent: Any) -> tuple[str, str]:
        """(error, message) of a call that must be refused."""
        where = "body" if method == "POST" else "params"
        envelope = self.call(method, path, **{where: sent}).json()
        assert envelope["error"], envelope
        return envelope["error"], envelope["message"]

    def close(self) -> None:
        self._session.close()

    def _common(self, path: str, signed_at: int | None = None) -> dict[str, str]:
        partner_id = str(self.credentials["partner_id"])
        stamp = str(int(time()) if signed_at is None else signed_at)
        signed = f"{partner_id}/api/v2{path}{stamp}"
        common = {"partner_id": partner_id, "timestamp": stamp}
        if not path.startswith(PUBLIC):
            common["access_token"] = str(self.credentials["access_token"])
            common["shop_id"] = str(self.credentials["shop_id"])
            signed += common["access_token"] + common["shop_id"]
        key = str(self.credentials["partner_key"]).encode()
        common["sign"] = hmac.new(key, signed.encode(), hashlib.sha256).hexdigest()
        return common


def _response(answer: requests.Response) -> Any:
    envelope = answer.json()
    assert answer.status_code == 200, answer.text
    assert envelope["error"] == "", answer.text
    return envelope.get("response")
