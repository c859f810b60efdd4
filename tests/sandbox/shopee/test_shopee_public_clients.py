"""The public clients of the platform work against the local store as against the real one."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from platforms.sandbox.shopee import Sandbox, open_sandbox
from platforms.sandbox.shopee.escrow import escrow_amount

NPM_PACKAGE = "@congminh1254/shopee-sdk@2.7.0"
PYPI_PACKAGES = ("mcp-shopee-seller==0.5.0", "marketplace-mcp-core==0.1.0")
PYPI_NEEDS = ("httpx==0.28.1", "python-dotenv==1.2.4")
INSTALL_SECONDS = 120
RUN_SECONDS = 60

FROM = datetime(2026, 3, 12, tzinfo=UTC)
"""The generated orders begin here."""


# -- npm -----------------------------------------------------------------------------------

NPM_SCRIPT = """
import { ShopeeSDK } from '@congminh1254/shopee-sdk';
const input = JSON.parse(process.argv[2]);
let kept = null;
const storage = {
  async store(token) { kept = token; },
  async get() { return kept; },
  async clear() { kept = null; },
};
const sdk = new ShopeeSDK({ partner_id: input.partner_id, partner_key: input.partner_key,
  shop_id: input.shop_id, base_url: `${input.url}/api/v2` }, storage);
const failed = (error) => ({ error: error.data?.error ?? error.name });
const out = {};
const first = await sdk.authenticateWithCode(input.code, input.shop_id);
out.exchanged = Boolean(first.access_token && first.refresh_token);
out.code_again = await sdk.auth.getAccessToken(input.code, input.shop_id).catch(failed);
const second = await sdk.refreshToken();
out.rotated = second.refresh_token !== first.refresh_token;
const window = { time_range_field: 'create_time', time_from: input.from,
  time_to: input.from + 15 * 86400, page_size: 5, response_optional_fields: 'order_status' };
const listed = [];
let cursor = '';
do {
  const page = (await sdk.order.getOrderList({ ...window, cursor })).response;
  listed.push(...page.order_list.map((row) => row.order_sn));
  cursor = page.next_cursor;
} while (cursor);
out.listed = listed;
out.too_wide = await sdk.order.getOrderList({ ...window, time_to: input.from + 16 * 86400 })
  .catch(failed);
const wanted = [listed.slice(0, 3).join(',')];
const details = (await sdk.order.getOrderDetail({ order_sn_list: wanted,
  response_optional_fields: ['item_list,total_amount'] })).response.order_list;
out.details = details.map((row) => [row.order_sn, row.create_time instanceof Date,
  row.item_list.length > 0, 'pay_time' in row]);
const items = (await sdk.product.getItemList({ offset: 0, page_size: 100, item_status: ['NORMAL'] }))
  .response;
out.items = items.item.length;
const info = (await sdk.product.getItemBaseInfo({ item_id_list: [input.item, input.parent] }))
  .response.item_list;
out.has_model = info.map((item) => item.has_model);
const models = (await sdk.product.getModelList({ item_id: input.parent })).response.model;
out.models = models.length;
const write = (stock_list, item_id) => sdk.product.updateStock({ item_id, stock_list });
const row = (model_id, stock) => ({ model_id, seller_stock: [{ stock }] });
out.stock = (await write([row(0, 7)], input.item)).response.success_list[0].stock;
out.no_model = await write([row(0, 7)], input.parent).catch(failed);
out.partly = (await write([row(models[0].model_id, 1), row(models[1].model_id, 8)], input.parent))
  .response;
out.escrow = (await sdk.payment.getEscrowDetail({ order_sn: input.paid })).response.order_income
  .escrow_amount;
out.batch = (await sdk.payment.getEscrowDetailBatch({ order_sn_list: [input.paid] })).response
  .map((row) => row.escrow_detail.order_sn);
kept = { ...kept, access_token: 'stale' };
out.after_stale = (await sdk.product.getItemList({ offset: 0, page_size: 1, item_status: ['NORMAL'] }))
  .response.total_count;
console.log(JSON.stringify(out));
"""


@pytest.fixture(scope="session")
def npm_folder(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the npm client installed; kept in pytest's cache."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("node and npm are not on this machine: the npm client was not tried")

    def install(folder: Path) -> None:
        _run(npm, "install", "--no-audit", "--no-fund", "--prefix", str(folder), NPM_PACKAGE)
        (folder / "client.mjs").write_text(NPM_SCRIPT, encoding="utf-8")

    folder = _kept_folder("npm-shopee-2.7.0", pytestconfig, tmp_path_factory, install)
    (folder / "client.mjs").write_text(NPM_SCRIPT, encoding="utf-8")
    return folder


def test_npm_exchanges_refreshes_lists_and_writes(npm_folder: Path) -> None:
    with open_sandbox(orders=40) as sandbox:
        store = sandbox.store
        store.products.start_promotion("TEE-RED-S", reserved=5)
        pieces = _pieces(sandbox)

        out = json.loads(_run("node", "client.mjs", json.dumps(pieces), folder=npm_folder))

        mug, tee = store.products.find("MUG-TEHTARIK"), store.products.find("TEE-RED-S")
        first_two = list(tee[0].models)[:2]
        assert mug[1].pieces == 7
        assert tee[1].pieces > 5
        assert store.products.model(tee[0].item_id, first_two[1]).pieces == 8
        assert (out["exchanged"], out["rotated"]) == (True, True)
        assert out["code_again"]["error"] in ("invalid_code", "error_auth")
        assert sorted(out["listed"]) == _created_in(sandbox, days=15)
        assert out["too_wide"] == {"error": "order.order_list_invalid_time"}
        assert out["details"] == [[sn, True, True, False] for sn in out["listed"][:3]]
        assert out["items"] == len(store.products.items) == out["after_stale"]
        assert out["has_model"] == [False, True]
        assert out["models"] == 6
        assert out["stock"] == 7
        assert out["no_model"] == {"error": "error_edit_item_stock_for_item_has_model"}
        assert [row["model_id"] for row in out["partly"]["failure_list"]] == first_two[:1]
        assert [row["model_id"] for row in out["partly"]["success_list"]] == first_two[1:]
        assert out["escrow"] == pytest.approx(_escrow_amount(sandbox, pieces["paid"]))
        assert out["batch"] == [pieces["paid"]]


# -- PyPI ----------------------------------------------------------------------------------

PYPI_SCRIPT = """
import asyncio, json, sys
from shopee_mcp.client import ShopeeClient, ShopeeError
from shopee_mcp.config import load_settings

wanted = json.loads(sys.argv[1])

async def refused(work):
    try:
        await work
    except ShopeeError as error:
        return str(error)
    return ""

async def main():
    client, out = ShopeeClient(load_settings()), {}
    first = await client.fetch_token(wanted["code"], wanted["shop_id"])
    out["code_again"] = await refused(client.fetch_token(wanted["code"], wanted["shop_id"]))
    second = await client._refresh(wanted["shop_id"])
    out["rotated"] = first.refresh_token != second.refresh_token
    order_list = "/api/v2/order/get_order_list"
    window = {"time_range_field": "create_time", "time_from": wanted["from"],
              "time_to": wanted["from"] + 15 * 86400, "page_size": 100}
    page = (await client.call(order_list, params=window))["response"]
    out["listed"] = [row["order_sn"] for row in page["order_list"]]
    out["no_page_size"] = await refused(
        client.call(order_list, params={k: v for k, v in window.items() if k != "page_size"}))
    detail = await client.call("/api/v2/order/get_order_detail", params={
        "order_sn_list": ",".join(out["listed"][:2]), "response_optional_fields": "item_list"})
    out["details"] = [row["order_sn"] for row in detail["response"]["order_list"]]
    info = await client.call("/api/v2/product/get_item_base_info",
                             params={"item_id_list": f"{wanted['item']},{wanted['parent']}"})
    out["has_model"] = [row["has_model"] for row in info["response"]["item_list"]]
    written = await client.call("/api/v2/product/update_stock", method="POST", body={
        "item_id": wanted["item"],
        "stock_list": [{"model_id": 0, "seller_stock": [{"stock": 7}]}]})
    out["stock"] = written["response"]["success_list"]
    escrow = await client.call("/api/v2/payment/get_escrow_detail",
                               params={"order_sn": wanted["paid"]})
    out["escrow"] = escrow["response"]["order_income"]["escrow_amount"]
    await client.aclose()
    print(json.dumps(out))

asyncio.run(main())
"""


@pytest.fixture(scope="session")
def pypi_python(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment of its own with the PyPI client; kept in pytest's cache."""

    def install(folder: Path) -> None:
        _run(sys.executable, "-m", "venv", str(folder / "venv"))
        pip = str(folder / "venv" / "bin" / "pip")
        _run(pip, "install", "--quiet", "--no-deps", *PYPI_PACKAGES)
        _run(pip, "install", "--quiet", *PYPI_NEEDS)

    name = f"pypi-shopee-0.5.0-python-{sys.version_info.major}.{sys.version_info.minor}"
    folder = _kept_folder(name, pytestconfig, tmp_path_factory, install)
    return folder / "venv" / "bin" / "python"


def test_python_exchanges_refreshes_lists_and_writes(pypi_python: Path, tmp_path: Path) -> None:
    with open_sandbox(orders=40) as sandbox:
        pieces = _pieces(sandbox)
        environment = {
            "HOME": str(tmp_path),
            "SHOPEE_HOST": sandbox.url,
            "SHOPEE_PARTNER_ID": str(pieces["partner_id"]),
            "SHOPEE_PARTNER_KEY": pieces["partner_key"],
            "SHOPEE_SHOP_ID": str(pieces["shop_id"]),
            "SHOPEE_TOKEN_FILE": str(tmp_path / "tokens.json"),
        }

        said = _run(
            str(pypi_python),
            "-c",
            PYPI_SCRIPT,
            json.dumps(pieces),
            folder=tmp_path,
            environment=environment,
        )
        out = json.loads(said)

        assert "invalid_code" in out["code_again"] or "error_auth" in out["code_again"]
        assert out["rotated"] is True
        assert sorted(out["listed"]) == _created_in(sandbox, days=15)
        assert "error_param" in out["no_page_size"]
        assert out["details"] == out["listed"][:2]
        assert out["has_model"] == [False, True]
        assert out["stock"] == [{"model_id": 0, "location_id": "", "stock": 7}]
        assert sandbox.store.products.stock("MUG-TEHTARIK") == 7
        assert out["escrow"] == pytest.approx(_escrow_amount(sandbox, pieces["paid"]))


# -- what both need --------------------------------------------------------------------------


def _pieces(sandbox: Sandbox) -> dict[str, Any]:
    """What a client is told: the app, a fresh code, and a few ids."""
    products = sandbox.store.products
    credentials = sandbox.credentials
    paid = next(o.order_sn for o in sandbox.store.orders.values() if o.status == "COMPLETED")
    return {
        "url": sandbox.url,
        "partner_id": credentials["partner_id"],
        "partner_key": credentials["partner_key"],
        "shop_id": credentials["shop_id"],
        "code": sandbox.new_code(),
        "from": int(FROM.timestamp()),
        "item": products.find("MUG-TEHTARIK")[0].item_id,
        "parent": products.find("TEE-RED-S")[0].item_id,
        "paid": paid,
    }


def _created_in(sandbox: Sandbox, *, days: int) -> list[str]:
    first = int(FROM.timestamp())
    return sorted(
        order.order_sn
        for order in sandbox.store.orders.values()
        if first <= order.created <= first + days * 86400
    )


def _escrow_amount(sandbox: Sandbox, order_sn: str) -> float:
    return float(escrow_amount(sandbox.store.orders[order_sn]))


def _kept_folder(
    name: str,
    pytestconfig: pytest.Config,
    tmp_path_factory: pytest.TempPathFactory,
    install: Callable[[Path], None],
) -> Path:
    """A folder in pytest's cache, filled once; skips, loudly, when it cannot be filled."""
    cache = getattr(pytestconfig, "cache", None)
    folder = Path(cache.mkdir(name)) if cache is not None else tmp_path_factory.mktemp(name)
    if (folder / "installed").exists():
        return folder
    try:
        install(folder)
    except subprocess.TimeoutExpired:
        pytest.skip(f"installing took longer than {INSTALL_SECONDS} s: {name} was not tried")
    except subprocess.CalledProcessError as error:
        last = (str(error.stderr).strip().splitlines() or ["no message"])[-1]
        pytest.skip(f"installing failed ({last}): {name} was not tried")
    (folder / "installed").touch()
    return folder


def _run(
    *command: str, folder: Path | None = None, environment: dict[str, str] | None = None
) -> str:
    """What a program prints. CalledProcessError when it fails, noting what it complained of."""
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=INSTALL_SECONDS if folder is None else RUN_SECONDS,
        cwd=folder,
        env=environment,
        check=False,
    )
    if done.returncode:
        error = subprocess.CalledProcessError(done.returncode, command[0], stderr=done.stderr)
        error.add_note(done.stderr)
        raise error
    return done.stdout
