"""The address that stores are told: read once, and refused where no store could send to it."""

import pytest

from platforms import registry
from webapp.backoffice.sites.subscriptions import notice_address
from webapp.config import ConfigurationFault, read_config


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://till.example", "https://till.example"),
        (" https://till.example/ ", "https://till.example"),
        ("https://example.com:8443/till/", "https://example.com:8443/till"),
        ("", ""),
    ],
)
def test_an_address_is_kept_without_the_slash_at_its_end(given: str, kept: str) -> None:
    assert read_config({"TILLBRIDGE_PUBLIC_URL": given}).public_url == kept


@pytest.mark.parametrize(
    "given",
    ["till.example", "ftp://till.example", "https://", "https://me:pw@till.example",
     "https://till.example/?a=1", "https://till.example/#x", "https://till.example:99999"],
)  # fmt: skip
def test_what_no_store_could_send_to_is_refused(given: str) -> None:
    with pytest.raises(ConfigurationFault, match="TILLBRIDGE_PUBLIC_URL") as raised:
        read_config({"TILLBRIDGE_PUBLIC_URL": given})

    assert "pw" not in str(raised.value)


def test_a_shop_of_its_own_has_its_own_address_and_an_app_one_for_all() -> None:
    def address(name: str) -> str:
        return notice_address("https://till.example", registry.get(name), 7)

    assert address("woocommerce") == "https://till.example/webhooks/woocommerce/7"
    assert address("shopee") == "https://till.example/webhooks/shopee"
    assert notice_address("", registry.get("shopee"), 7) == ""
