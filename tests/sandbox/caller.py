"""A plain client for the sandbox that only knows HTTP and JSON."""

from typing import Any

import requests

from platforms.sandbox.woocommerce import Sandbox


class Caller:
    """Requests to one sandbox; `path` is behind `/wp-json/wc/v3`."""

    def __init__(self, sandbox: Sandbox, auth: Any = None) -> None:
        self.sandbox = sandbox
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = sandbox.ca_file
        self._session.auth = auth or (sandbox.key.consumer_key, sandbox.key.consumer_secret)

    def call(
        self, method: str, path: str, *, root: str = "/wp-json/wc/v3", **kwargs: Any
    ) -> requests.Response:
        url = f"{self.sandbox.url}{root}{path}"
        kwargs.setdefault("allow_redirects", False)
        return self._session.request(method, url, timeout=10, **kwargs)

    def get(self, path: str, **params: Any) -> Any:
        """The JSON of a GET that must succeed."""
        answer = self.call("GET", path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def put(self, path: str, **body: Any) -> Any:
        answer = self.call("PUT", path, json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, **body: Any) -> Any:
        answer = self.call("POST", path, json=body)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    def error(self, method: str, path: str, **kwargs: Any) -> tuple[int, str]:
        """(status, code) of a request that must fail."""
        answer = self.call(method, path, **kwargs)
        assert answer.status_code >= 400, answer.text
        return answer.status_code, answer.json()["code"]

    def close(self) -> None:
        self._session.close()
