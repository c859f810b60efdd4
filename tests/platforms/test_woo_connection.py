"""The connection test: what is wrong, in a sentence, and where to click in WordPress."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from platforms import registry
from platforms.base import Check, ConnectionReport, StoreAccess
from platforms.sandbox.woocommerce import Sandbox, StoreSettings, open_sandbox
from platforms.sandbox.woocommerce.certificate import certificate_file, tls_context
from tests.platforms.scripted import Asked, Script, passed_on_to, response, scripted
from tests.platforms.woo_store import connect_to, connected

ORDER_OF_STEPS = [
    "address",
    "wordpress",
    "woocommerce",
    "clock",
    "https",
    "key",
    "secret",
    "read",
    "write",
    "user",
    "currency",
    "version",
    "refunds",
]


def failed_at(report: ConnectionReport, name: str) -> Check:
    """The one failed step: those before it passed, those after it were not tested."""
    assert not report.is_ok
    assert [check.name for check in report.checks] == ORDER_OF_STEPS
    at = ORDER_OF_STEPS.index(name)
    assert [check.is_ok for check in report.checks] == [
        *[True] * at,
        False,
        *[None] * (len(ORDER_OF_STEPS) - at - 1),
    ], report.checks
    assert all(check.message == "Not tested." for check in report.checks[at + 1 :])
    found = report.checks[at]
    assert found.message
    assert found.fix
    return found


def pair(sandbox: Sandbox, permissions: str = "read_write", **given: Any) -> dict[str, str]:
    key = sandbox.store.add_key(permissions, **given)
    return {"consumer_key": key.consumer_key, "consumer_secret": key.consumer_secret}


@pytest.fixture(params=[False, True], ids=["http", "https"])
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with open_sandbox(https=request.param) as sandbox:
        yield sandbox


def test_a_good_store_passes_every_step(sandbox: Sandbox) -> None:
    report = connected(sandbox).check()

    assert report.is_ok, report.checks
    assert [check.name for check in report.checks] == ORDER_OF_STEPS
    assert all(check.fix == "" for check in report.checks)
    facts = report.facts
    assert (facts.currency, facts.digits, facts.version) == ("MYR", 2, "11.0.1")
    assert facts.timezone == "Asia/Kuala_Lumpur"
    assert (facts.has_refund_list, facts.has_variation_list) == (True, True)
    assert {"processing", "checkout-draft"} <= set(facts.statuses)
    assert facts.title


def test_the_test_changes_nothing(sandbox: Sandbox) -> None:
    connected(sandbox).check()

    writes = [(each.method, each.path) for each in sandbox.log.requests if each.method != "GET"]
    assert writes == [("POST", "/wp-json/wc/v3/orders/batch")]


def test_an_older_store_passes_and_tells_what_it_lacks() -> None:
    with open_sandbox(version="9.9.5") as sandbox:
        sandbox.store.configure(shop_wide_refunds=False, shop_wide_variations=False)
        report = connected(sandbox).check()

    assert report.is_ok, report.checks
    assert (report.facts.has_refund_list, report.facts.has_variation_list) == (False, False)
    assert "order by order" in report.checks[-1].message


def test_a_tracking_extension_is_seen() -> None:
    with open_sandbox() as sandbox:
        sandbox.store.configure(shipment_tracking=True)

        assert connected(sandbox).learn_facts().tracking == "wc-shipment-tracking/v3"


def test_an_unknown_key_is_said_so(sandbox: Sandbox) -> None:
    credentials = {**sandbox.credentials, "consumer_key": "ck_" + "0" * 40}

    report = connected(sandbox, credentials=credentials).check()

    # Over plain HTTP the store does not say whether it is the key or the secret.
    found = failed_at(report, "key" if sandbox.https else "secret")
    assert "Settings > Advanced > REST API" in found.fix


def test_a_wrong_secret_is_said_so(sandbox: Sandbox) -> None:
    credentials = {**sandbox.credentials, "consumer_secret": "cs_" + "0" * 40}

    found = failed_at(connected(sandbox, credentials=credentials).check(), "secret")

    assert "secret" in found.message
    assert "cs_" not in found.message + found.fix


def test_a_key_that_may_only_read_is_said_so(sandbox: Sandbox) -> None:
    found = failed_at(connected(sandbox, credentials=pair(sandbox, "read")).check(), "write")

    assert "not write" in found.message
    assert "Read/Write" in found.fix


def test_a_key_that_may_only_write_is_said_so(sandbox: Sandbox) -> None:
    found = failed_at(connected(sandbox, credentials=pair(sandbox, "write")).check(), "read")

    assert "not read" in found.message


def test_a_key_of_a_user_without_rights_is_said_so(sandbox: Sandbox) -> None:
    credentials = pair(sandbox, administrator=False)

    found = failed_at(connected(sandbox, credentials=credentials).check(), "user")

    assert "shop manager" in found.fix


def test_plain_permalinks_are_said_so(sandbox: Sandbox) -> None:
    sandbox.store.configure(pretty_permalinks=False)

    found = failed_at(connected(sandbox).check(), "wordpress")

    assert "plain permalinks" in found.message
    assert "Settings > Permalinks" in found.fix


def test_a_firewalls_page_is_recognised(sandbox: Sandbox) -> None:
    sandbox.faults.once("waf")

    found = failed_at(connected(sandbox).check(), "wordpress")

    assert "firewall" in found.message
    assert "host" in found.fix


def test_a_firewall_that_stops_only_writes_is_recognised(sandbox: Sandbox) -> None:
    sandbox.faults.once("waf", method="POST")

    found = failed_at(connected(sandbox).check(), "write")

    assert "firewall" in found.message


def behind_tls(sandbox: Sandbox, url: str) -> ConnectionReport:
    store = registry.get("woocommerce").connect(
        StoreAccess(
            url=url,
            credentials=sandbox.credentials,
            allow_private=True,
            ca_file=str(certificate_file()),
        )
    )
    return store.check()


def test_a_store_that_does_not_know_of_its_https_is_said_so() -> None:
    """TLS ends at a proxy: the shop believes to be asked over http, and ignores Basic."""
    with (
        open_sandbox() as sandbox,
        scripted(passed_on_to(int(sandbox.url.rpartition(":")[2])), tls_context()) as proxy,
    ):
        found = failed_at(behind_tls(sandbox, proxy.url), "key")

    assert "does not know that it is reached over HTTPS" in found.message
    assert "X-Forwarded-Proto" in found.fix


def test_a_server_that_drops_the_header_with_the_key_is_said_so() -> None:
    with scripted(lambda asked: None, tls_context()) as proxy:
        settings = StoreSettings(home_url=proxy.url, trust_forwarded_proto=True)
        with open_sandbox(settings=settings) as sandbox:
            port = int(sandbox.url.rpartition(":")[2])
            proxy.script = passed_on_to(port, without="authorization", X_Forwarded_Proto="https")

            found = failed_at(behind_tls(sandbox, proxy.url), "key")

    assert "Authorization header" in found.message


def test_another_home_address_over_http_is_said_so() -> None:
    settings = StoreSettings(home_url="http://www.shop.example")

    with open_sandbox(settings=settings) as sandbox:
        found = failed_at(connected(sandbox).check(), "secret")

    assert "http://www.shop.example" in found.fix


def test_an_https_home_asked_over_http_is_said_so() -> None:
    with open_sandbox(settings=StoreSettings(home_url="https://shop.example")) as sandbox:
        found = failed_at(connected(sandbox).check(), "https")

    assert "https://shop.example" in found.fix


def test_a_redirect_to_another_address_is_said_so() -> None:
    with open_sandbox() as there, open_sandbox() as here:
        here.faults.once("redirect", there.url)

        found = failed_at(connected(here).check(), "address")

    assert there.url in found.fix


def test_a_store_in_maintenance_is_said_so(sandbox: Sandbox) -> None:
    sandbox.faults.once("503", "600")

    found = failed_at(connected(sandbox).check(), "address")

    assert "not available" in found.message


def test_a_private_address_is_refused_with_the_way_to_allow_it() -> None:
    with open_sandbox() as sandbox:
        store = registry.get("woocommerce").connect(
            StoreAccess(url=sandbox.url, credentials=sandbox.credentials)
        )

        found = failed_at(store.check(), "address")

        assert sandbox.log.requests == []
    assert "private" in found.message
    assert "settings" in found.fix


def index(namespaces: str = '["wp/v2","wc/v3"]', home: str = "http://127.0.0.1") -> str:
    return f'{{"name":"Shop","home":"{home}","namespaces":{namespaces},"gmt_offset":8}}'


def said(script: Script, name: str) -> Check:
    with scripted(script) as server:
        return failed_at(connect_to(server.url).check(), name)


def test_a_wordpress_without_woocommerce_is_said_so() -> None:
    found = said(lambda asked: response(index('["wp/v2"]')), "woocommerce")

    assert "without WooCommerce" in found.message
    assert "Plugins" in found.fix


@pytest.mark.parametrize("status", [200, 404])
def test_a_site_that_is_no_wordpress_is_said_so(status: int) -> None:
    page = response("<html><h1>Hello</h1></html>", status, kind="text/html")

    found = said(lambda asked: page, "wordpress")

    assert "no WordPress REST API" in found.message
    assert "folder" in found.fix


def test_a_rest_api_switched_off_by_a_plugin_is_said_so() -> None:
    body = '{"code":"rest_disabled","message":"No","data":{"status":401}}'

    found = said(lambda asked: response(body, 401), "wordpress")

    assert "switched off" in found.message
    assert "Plugins" in found.fix


def test_an_address_that_does_not_exist_is_said_so() -> None:
    found = failed_at(connect_to("http://no-such-shop.invalid").check(), "address")

    assert "not known" in found.message


def test_a_store_that_does_not_answer_is_said_so() -> None:
    found = said(lambda asked: None, "address")

    assert "ended the connection" in found.message


def test_clocks_too_far_apart_for_signatures_are_said_so() -> None:
    date = format_datetime(datetime.now(UTC) - timedelta(minutes=40), usegmt=True)

    found = said(lambda asked: response(index(), Date=date), "clock")

    assert "40 minutes" in found.message


def test_a_version_too_old_is_said_so() -> None:
    def script(asked: Asked) -> bytes:
        if asked.path == "/wp-json/":
            return response(index(home=""))
        if asked.path.endswith("system_status"):
            return response(
                '{"environment":{"version":"5.7.2"},"settings":{"currency":"MYR",'
                '"number_of_decimals":2}}'
            )
        return response("[]")

    found = said(script, "version")

    assert "5.7.2" in found.message
    assert "5.8" in found.fix


def test_a_key_that_may_not_see_the_system_status_learns_the_facts_elsewhere() -> None:
    def script(asked: Asked) -> bytes:
        if asked.path == "/wp-json/":
            return response(index(home=""))
        if asked.path.endswith("system_status"):
            body = '{"code":"woocommerce_rest_cannot_view","message":"No","data":{"status":403}}'
            return response(body, 403)
        if asked.path.endswith("currencies/current"):
            return response('{"code":"JPY","name":"Yen"}')
        if asked.path.endswith("num_decimals"):
            return response('{"id":"woocommerce_price_num_decimals","value":"0"}')
        if asked.path.endswith("orders/statuses"):
            return response('{"code":"rest_no_route","message":"No","data":{"status":404}}', 404)
        if asked.method == "OPTIONS":
            return response('{"schema":{"properties":{"status":{"enum":["auto-draft","wc-own"]}}}}')
        return response("[]")

    with scripted(script) as server:
        facts = connect_to(server.url).learn_facts()

    assert (facts.currency, facts.digits, facts.version) == ("JPY", 0, "")
    assert facts.timezone == "Etc/GMT-8"
    assert facts.statuses == ("auto-draft", "own")


def test_a_store_that_drips_is_tested_within_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platforms.connection_steps.LONGEST_REQUEST", 0.3)

    def drip(asked: Asked) -> Iterator[bytes]:
        yield response(b"", Content_Length="1000")
        for _ in range(60):
            time.sleep(0.05)
            yield b" "

    began = time.monotonic()

    found = said(drip, "address")

    assert "too long" in found.message
    assert time.monotonic() - began < 4
