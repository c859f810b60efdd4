"""The web application, as its table of contents."""

from pathlib import Path

from flask import Flask
from sqlalchemy import Engine

from webapp import watching
from webapp.admin import build_admin
from webapp.admin.frame import formatters, navigation, protection, session, sign_in
from webapp.config import Config, unlock
from webapp.database import make_engine
from webapp.webhooks import DOOR, WebhookDoor

CHECKOUT = Path(__file__).resolve().parent.parent


def create_app(config: Config, *, engine: Engine | None = None) -> Flask:
    """The application over one database. `engine` is handed in by tests and by the demo.

    ConfigurationFault: there are no keys yet, or they are bad.
    """
    unlock(config)
    app = Flask(
        "webapp", static_folder=CHECKOUT / "static", template_folder=str(CHECKOUT / "templates")
    )
    session.init_app(app, config, engine or make_engine(config.database_url))
    protection.init_app(app, config)
    sign_in.init_app(app, config)
    formatters.init_app(app)
    navigation.init_app(app)
    build_admin(app)
    watching.init_app(app)
    _open_door(app)
    return app


def _open_door(app: Flask) -> None:
    """What stores send is answered before the application sees it."""

    def backing() -> tuple[Config, Engine]:
        stands: session.Backing = app.extensions[session.EXTENSION]
        return stands.config, stands.engine

    door = WebhookDoor(app.wsgi_app, backing)
    app.extensions[DOOR] = door
    app.wsgi_app = door  # type: ignore[method-assign]
