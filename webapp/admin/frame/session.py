"""The request's session, and the door for writes.

Flask-SQLAlchemy only holds the session: the models stay plain, and the engine is the one that the
application was given. That session only reads (on SQLite it never waits for a writer); what a
person changes goes through `saving`, one transaction for the whole change.
"""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, cast

from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as HeldSession
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from webapp.config import Config
from webapp.database import writing

EXTENSION = "tillbridge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backing:
    """What stands behind the screens."""

    config: Config
    engine: Engine
    reader: Engine


class ReadingSession(HeldSession):
    def get_bind(self, *args: Any, **kwargs: Any) -> Engine:
        return backing().reader


db = SQLAlchemy(session_options={"class_": ReadingSession, "expire_on_commit": False})


def init_app(app: Flask, config: Config, engine: Engine) -> None:
    stand_on(app, config, engine)
    # Flask-SQLAlchemy insists on an address of its own; this one is never opened.
    app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
    db.init_app(app)


def stand_on(app: Flask, config: Config, engine: Engine) -> None:
    """Give the application its database; from now on every request uses it."""
    app.extensions[EXTENSION] = Backing(
        config=config, engine=engine, reader=engine.execution_options(write=False)
    )


def backing() -> Backing:
    return cast(Backing, current_app.extensions[EXTENSION])


def reading() -> Session:
    """The request's session: for reading only."""
    return cast(Session, db.session)


def saving() -> AbstractContextManager[Session]:
    """A write transaction: committed at the end, rolled back on any exception."""
    return writing(backing().engine)
