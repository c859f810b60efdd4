"""What the site says about itself: the index, currency, settings, system status.

Source: /wp-json/, /wc/v3/data/currencies/current, /wc/v3/settings, /wc/v3/system_status.
"""

from datetime import UTC, datetime
from typing import Any

from platforms.sandbox.woocommerce.errors import RestError
from platforms.sandbox.woocommerce.exchange import Answer, Call
from platforms.sandbox.woocommerce.links import currency_links, rest
from platforms.sandbox.woocommerce.order_json import SYMBOLS
from platforms.sandbox.woocommerce.world import WooStore

JsonObject = dict[str, Any]

_CURRENCY_NAMES = {
    "MYR": "Malaysian ringgit",
    "USD": "United States (US) dollar",
    "EUR": "Euro",
    "GBP": "Pound sterling",
    "SGD": "Singapore dollar",
    "JPY": "Japanese yen",
    "KWD": "Kuwaiti dinar",
    "THB": "Thai baht",
    "IDR": "Indonesian rupiah",
}
_DATASTORES = {
    True: "Automattic\\WooCommerce\\Internal\\DataStores\\Orders\\OrdersTableDataStore",
    False: "WC_Order_Data_Store_CPT",
}


class SitePages:
    """Handlers of the pages about the site; the caller holds the store's lock."""

    def __init__(self, store: WooStore) -> None:
        self._store = store

    def index(self, call: Call) -> Answer:
        store = self._store
        namespaces = ["oembed/1.0", "wc/v1", "wc/v2", "wc/v3", "wc-admin", "wp/v2"]
        if store.settings.shipment_tracking:
            namespaces.append("wc-shipment-tracking/v3")
        return Answer(
            {
                "name": store.settings.name,
                "description": "",
                "url": store.home,
                "home": store.home,
                "gmt_offset": _gmt_offset(store),
                "timezone_string": store.settings.timezone,
                "page_for_posts": 0,
                "page_on_front": 0,
                "show_on_front": "posts",
                "namespaces": namespaces,
                "authentication": [],
                "routes": {},
                "site_logo": 0,
                "site_icon": 0,
                "site_icon_url": "",
                "_links": {"help": [{"href": "https://developer.wordpress.org/rest-api/"}]},
            }
        )

    def currency(self, call: Call) -> Answer:
        code = self._store.settings.currency
        symbol = "".join(f"&#{ord(sign)};" for sign in SYMBOLS.get(code, code))
        return Answer(
            {
                "code": code,
                "name": _CURRENCY_NAMES.get(code, code),
                "symbol": symbol,
                "_links": currency_links(self._store.home, code),
            }
        )

    def setting(self, call: Call) -> Answer:
        group, setting_id = call.params["group"], call.params["setting"]
        values = self._settings()
        if group not in {known for known, _ in values}:
            raise RestError("rest_setting_setting_group_invalid", "Invalid setting group.", 404)
        if (group, setting_id) not in values:
            raise RestError("rest_setting_setting_invalid", "Invalid setting.", 404)
        return Answer(self._setting(group, setting_id, values[group, setting_id]))

    def setting_group(self, call: Call) -> Answer:
        group = call.params["group"]
        found = [
            self._setting(known, setting_id, value)
            for (known, setting_id), value in self._settings().items()
            if known == group
        ]
        if not found:
            raise RestError("rest_setting_setting_group_invalid", "Invalid setting group.", 404)
        return Answer(found)

    def system_status(self, call: Call) -> Answer:
        store, settings = self._store, self._store.settings
        return Answer(
            {
                "environment": {
                    "home_url": store.home,
                    "site_url": store.home,
                    "store_id": "5a1d0000-0000-4000-8000-000000000001",
                    "version": settings.version,
                    "wp_version": settings.wp_version,
                    "wp_multisite": False,
                    "wp_memory_limit": 536870912,
                    "wp_debug_mode": False,
                    "wp_cron": True,
                    "wp_environment_type": "production",
                    "language": "en_US",
                    "server_info": "Apache",
                    "php_version": "8.2.36",
                    "php_max_execution_time": 30,
                    "default_timezone": "UTC",
                },
                "database": {"wc_database_version": settings.version, "database_prefix": "wp_"},
                "active_plugins": [
                    {
                        "plugin": "woocommerce/woocommerce.php",
                        "name": "WooCommerce",
                        "version": settings.version,
                    }
                ],
                "theme": {"name": "Storefront", "version": "4.6.0"},
                "settings": {
                    "api_enabled": False,
                    "force_ssl": False,
                    "currency": settings.currency,
                    "currency_symbol": SYMBOLS.get(settings.currency, settings.currency),
                    "currency_position": "left",
                    "thousand_separator": ",",
                    "decimal_separator": ".",
                    "number_of_decimals": settings.decimals,
                    "order_datastore": _DATASTORES[settings.hpos],
                    "HPOS_enabled": settings.hpos,
                    "HPOS_sync_enabled": False,
                },
                "security": {
                    "secure_connection": store.home.startswith("https"),
                    "hide_errors": True,
                },
                "pages": [],
                "post_type_counts": [],
            }
        )

    def _settings(self) -> dict[tuple[str, str], str]:
        settings = self._store.settings
        return {
            ("general", "woocommerce_currency"): settings.currency,
            ("general", "woocommerce_price_num_decimals"): str(settings.decimals),
            ("general", "woocommerce_price_thousand_sep"): ",",
            ("general", "woocommerce_price_decimal_sep"): ".",
            ("general", "woocommerce_default_country"): "MY:KUL",
            ("general", "woocommerce_calc_taxes"): _yes(bool(settings.tax_rates)),
            ("tax", "woocommerce_calc_taxes"): _yes(bool(settings.tax_rates)),
            ("tax", "woocommerce_prices_include_tax"): _yes(settings.prices_include_tax),
            ("tax", "woocommerce_tax_round_at_subtotal"): _yes(settings.round_at_subtotal),
            ("products", "woocommerce_manage_stock"): _yes(settings.manage_stock),
        }

    def _setting(self, group: str, setting_id: str, value: str) -> JsonObject:
        href = f"{rest(self._store.home)}/settings/{group}"
        return {
            "id": setting_id,
            "label": setting_id.removeprefix("woocommerce_").replace("_", " ").capitalize(),
            "description": "",
            "type": "checkbox" if value in ("yes", "no") else "text",
            "default": value,
            "tip": "",
            "value": value,
            "group_id": group,
            "_links": {
                "self": [{"href": f"{href}/{setting_id}"}],
                "collection": [{"href": href}],
            },
        }


def _gmt_offset(store: WooStore) -> int | float:
    offset = datetime.fromtimestamp(store.now(), UTC).astimezone(store.zone).utcoffset()
    hours = offset.total_seconds() / 3600 if offset is not None else 0
    return int(hours) if hours == int(hours) else hours


def _yes(flag: bool) -> str:
    return "yes" if flag else "no"
