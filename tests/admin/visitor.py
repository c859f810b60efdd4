"""A person at a browser without script: pages, forms with their token, sign-in."""

import re
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from tests.admin.shop import PASSWORD, PEOPLE

TOKEN = re.compile(r'name="csrf_token" (?:type="hidden" )?value="([^"]+)"')


class Visitor:
    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()

    def signed_in_as(self, role: str) -> "Visitor":
        answer = self.sign_in(PEOPLE[role], PASSWORD)
        assert answer.status_code == 302, answer.text
        return self

    def sign_in(self, email: str, password: str, **more: str) -> TestResponse:
        return self.post("/sign-in", email=email, password=password, **more)

    def cookie(self) -> str:
        kept = self.client.get_cookie("tillbridge")
        assert kept is not None
        return kept.value

    def get(self, path: str) -> TestResponse:
        return self.client.get(path, buffered=True)

    def post(self, path: str, **fields: Any) -> TestResponse:
        """Send a form as a page would, with the token of this session."""
        return self.client.post(path, data={**fields, "csrf_token": self.token()})

    def forge(self, path: str, **fields: Any) -> TestResponse:
        """Send a form as another site would: without a token."""
        return self.client.post(path, data=fields)

    def token(self) -> str:
        for page in ("/password/", "/sign-in"):
            found = TOKEN.search(self.client.get(page).text)
            if found:
                return found[1]
        raise AssertionError("no page with a token")

    def toast(self) -> str:
        """What the next page says was done, or not done."""
        page = self.client.get("/").text
        said = re.findall(r'tb-toast">.*?<span>(.*?)</span>', page, re.DOTALL)
        said += re.findall(r'role="alert">.*?tb-banner__text">(.*?)</div>', page, re.DOTALL)
        return " ".join(said)
