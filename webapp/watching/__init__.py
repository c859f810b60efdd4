"""What a monitor asks: whether all is well, and how much of everything there is."""

from flask import Flask

from webapp.watching.pages import pages


def init_app(app: Flask) -> None:
    app.register_blueprint(pages)
