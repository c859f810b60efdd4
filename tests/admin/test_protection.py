"""What every answer carries, and what no page contains."""

import re

import pytest
from flask import Flask
from sqlalchemy import Engine

from tests.admin.conftest import AsRole
from tests.admin.pages import pages
from tests.admin.shop import PASSWORD, PEOPLE, Shop
from tests.admin.visitor import Visitor
from webapp.database import writing
from webapp.models.orders import ChannelOrder

INLINE = {
    "a style attribute": re.compile(r"<[^>]+\sstyle="),
    "a style element": re.compile(r"<style"),
    "a script without a source": re.compile(r"<script(?![^>]*\ssrc=)"),
    "an inline handler": re.compile(r"<[^>]+\son\w+="),
    "a javascript address": re.compile(r"javascript:"),
    "another site's file": re.compile(r'(?:src|href)="https?://(?!rimba|eu|sg)'),
}


@pytest.mark.parametrize("path", ["/sign-in", "/", "/orders/", "/static/tillbridge.css", "/no"])
def test_every_answer_carries_the_strict_policy(as_role: AsRole, path: str) -> None:
    headers = as_role("admin").get(path).headers

    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_pages_are_not_kept_and_static_files_may_be(as_role: AsRole) -> None:
    admin = as_role("admin")

    assert admin.get("/orders/1/").headers["Cache-Control"] == "no-store"
    assert "no-store" not in admin.get("/static/tillbridge.css").headers["Cache-Control"]


def test_no_page_needs_anything_that_the_policy_refuses(
    as_role: AsRole, stranger: Visitor, shop: Shop
) -> None:
    admin = as_role("admin")
    read = {path: admin.get(path) for path in ["/no", *pages(shop)]}
    read["/sign-in"] = stranger.get("/sign-in")

    for path, answer in read.items():
        if answer.mimetype != "text/html":
            continue
        found = [what for what, pattern in INLINE.items() if pattern.search(answer.text)]
        assert not found, f"{path} has {found}"
        assert '<html lang="en">' in answer.text


def test_the_cookie_is_for_this_site_and_no_script(app: Flask, stranger: Visitor) -> None:
    plain = stranger.sign_in(PEOPLE["operator"], PASSWORD).headers["Set-Cookie"]
    over_https = Visitor(app).client.get("/sign-in", base_url="https://localhost")
    secure = over_https.headers["Set-Cookie"]

    assert "HttpOnly" in plain
    assert "SameSite=Lax" in plain
    assert "Secure" not in plain
    assert "Secure" in secure


def test_what_a_store_says_is_shown_and_never_run(
    shop_engine: Engine, as_role: AsRole, shop: Shop
) -> None:
    with writing(shop_engine) as session:
        order = session.get_one(ChannelOrder, shop.orders["10526"])
        order.message = "<script>alert(1)</script>"

    page = as_role("operator").get("/orders/?q=10526").text

    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
