"""The screens: one file each. `build_admin` is their order in the menu."""

from flask import Flask
from flask_admin import Admin
from flask_admin.theme import Bootstrap4Theme


def build_admin(app: Flask) -> Admin:
    """Put every screen into the application. The icon is a name of macros/icon.html."""
    from webapp.admin.books.chart import ChartScreen
    from webapp.admin.books.journals import JournalsScreen
    from webapp.admin.books.trial_balance import TrialBalanceScreen
    from webapp.admin.mapping.screen import MappingScreen
    from webapp.admin.orders.list import OrdersScreen
    from webapp.admin.orders.page import OrderScreen
    from webapp.admin.sites.automation import AutomationScreen
    from webapp.admin.sites.connect import ConnectScreen
    from webapp.admin.sites.consent import ConsentScreen
    from webapp.admin.sites.integration import IntegrationScreen
    from webapp.admin.sites.ledgers import ChannelLedgersScreen
    from webapp.admin.sites.site import SitesScreen
    from webapp.admin.sites.start import StartScreen
    from webapp.admin.sites.webhooks import WebhooksScreen
    from webapp.admin.stock.counts import CountScreen, MoveScreen
    from webapp.admin.stock.items import StockScreen
    from webapp.admin.stock.sheets import CountSheetScreen
    from webapp.admin.system.audit import AuditScreen
    from webapp.admin.system.health import HealthScreen
    from webapp.admin.system.people import PasswordScreen, PeopleScreen
    from webapp.admin.today.screen import TodayScreen

    admin = Admin(
        app,
        name="Tillbridge",
        url="/",
        index_view=TodayScreen(name="Today", endpoint="today", url="/", menu_icon_value="home"),
        theme=Bootstrap4Theme(base_template="tillbridge/base.html"),
    )
    for view in (
        OrdersScreen("Orders", "Selling", "orders", "/orders", menu_icon_value="orders"),
        OrderScreen("Order", "Selling", "order", "/orders/<id:order_id>"),
        SitesScreen("Sites", "Selling", "sites", "/sites", menu_icon_value="store"),
        AutomationScreen("Automation", "Selling", "automation", "/sites/<id:site_id>/automation"),
        ChannelLedgersScreen(
            "Channel ledgers", "Selling", "channel_ledgers", "/sites/<id:site_id>/ledgers"
        ),
        ConnectScreen("Connect a store", "Selling", "connect", "/sites/connect"),
        IntegrationScreen(
            "Integration", "Selling", "integration", "/sites/<id:site_id>/integration"
        ),
        StartScreen("Start", "Selling", "start", "/sites/<id:site_id>/start"),
        ConsentScreen("Authorise", "Selling", "consent", "/sites/<id:site_id>/authorise"),
        WebhooksScreen("Webhooks", "Selling", "site_webhooks", "/site-webhooks"),
        MappingScreen("Mapping", "Goods", "mapping", "/mapping", menu_icon_value="link"),
        StockScreen("Stock", "Goods", "stock", "/stock", menu_icon_value="box"),
        CountScreen("Count", "Goods", "counts", "/stock/<id:item_id>/count"),
        MoveScreen("Pieces", "Goods", "pieces", "/stock/<id:item_id>/move"),
        CountSheetScreen("Upload counts", "Goods", "count_sheets", "/stock/counts"),
        JournalsScreen("Journals", "Books", "journals", "/journals", menu_icon_value="book"),
        TrialBalanceScreen(
            "Trial balance", "Books", "trial_balance", "/trial-balance", menu_icon_value="scales"
        ),
        ChartScreen(
            "Chart of accounts", "Books", "chart", "/chart-of-accounts", menu_icon_value="page"
        ),
        HealthScreen("Health", "System", "health", "/health", menu_icon_value="pulse"),
        PeopleScreen("Users", "System", "people", "/people", menu_icon_value="person"),
        AuditScreen(
            name="Audit trail",
            category="System",
            endpoint="audit",
            url="/audit",
            menu_icon_value="audit",
        ),
        PasswordScreen("Your password", "System", "password", "/password", menu_icon_value="key"),
    ):
        admin.add_view(view)
    return admin
