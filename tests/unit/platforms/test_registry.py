"""Platforms are found by being there."""

import tomllib
from pathlib import Path

import pytest

from platforms import registry
from platforms.outgoing import USER_AGENT


def test_woocommerce_is_found_and_the_sandbox_is_no_platform() -> None:
    assert "woocommerce" in registry.names()
    assert "sandbox" not in registry.names()


@pytest.mark.parametrize("name", registry.names())
def test_a_platform_declares_what_forms_and_schedules_need(name: str) -> None:
    platform = registry.get(name)

    assert platform.name == name
    assert platform.label
    assert any(field.is_secret for field in platform.credential_fields)
    assert platform.default_statuses
    assert platform.tax_collected_by in ("seller", "marketplace")
    assert platform.buyer_days > 0


def test_an_unknown_platform_is_an_error_that_names_the_known_ones() -> None:
    with pytest.raises(KeyError, match=r"no platform 'magento'.*woocommerce"):
        registry.get("magento")


def test_refunded_is_let_in_wherever_completed_is() -> None:
    woocommerce = registry.get("woocommerce")

    assert woocommerce.statuses_let_in(["processing"]) == {"processing"}
    assert woocommerce.statuses_let_in(["wc-completed"]) == {"completed", "refunded"}


def test_stores_are_told_the_version_of_this_program() -> None:
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text())

    assert f"Tillbridge/{project['project']['version']}" == USER_AGENT
