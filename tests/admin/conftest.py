"""The shop of `shop.py` behind the real application, and people who use it."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine

from tests.admin.shop import Shop, open_shop
from tests.admin.visitor import Visitor
from webapp.admin.frame import navigation, session
from webapp.app import create_app
from webapp.config import Config
from webapp.database import make_engine
from webapp.encryption import use_keys

AsRole = Callable[[str], Visitor]


def config_for_tests(keys: tuple[str, ...], home: Path) -> Config:
    return Config(
        home=home,
        database_url="sqlite://",
        redis_url=None,
        secret_key="not a secret of anybody",
        encryption_keys=keys,
        allow_private_stores=True,
        admin_email=None,
        admin_password=None,
        public_url="https://tillbridge.example",
    )


@pytest.fixture(scope="session")
def shop_template(
    sqlite_template: Path,
    encryption_keys: tuple[str, ...],
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Path, Shop]:
    """The shop, opened once; every test has a copy of its file."""
    use_keys(encryption_keys)
    path = tmp_path_factory.mktemp("shop") / "shop.sqlite3"
    shutil.copyfile(sqlite_template, path)
    engine = make_engine(f"sqlite:///{path}")
    shop = open_shop(engine)
    engine.dispose()  # the last connection to close leaves one file behind
    return path, shop


@pytest.fixture
def shop(shop_template: tuple[Path, Shop]) -> Shop:
    return shop_template[1]


@pytest.fixture
def shop_engine(shop_template: tuple[Path, Shop], tmp_path: Path) -> Iterator[Engine]:
    path = tmp_path / "shop.sqlite3"
    shutil.copyfile(shop_template[0], path)
    engine = make_engine(f"sqlite:///{path}")
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def built_app(
    encryption_keys: tuple[str, ...], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """The application, built once: its templates are compiled for all tests of this process."""
    engine = make_engine("sqlite://")
    yield create_app(
        config_for_tests(encryption_keys, tmp_path_factory.mktemp("home")), engine=engine
    )
    engine.dispose()


@pytest.fixture
def app(
    built_app: Flask, shop_engine: Engine, encryption_keys: tuple[str, ...], tmp_path: Path
) -> Flask:
    """The application on this test's shop; nobody has failed to sign in yet."""
    use_keys(encryption_keys)
    session.stand_on(built_app, config_for_tests(encryption_keys, tmp_path), shop_engine)
    navigation.forget_counts(built_app)
    for limiter in built_app.extensions["limiter"]:
        limiter.reset()
    return built_app


@pytest.fixture
def stranger(app: Flask) -> Visitor:
    return Visitor(app)


@pytest.fixture(scope="session")
def cookies() -> dict[str, str]:
    """The session's cookie of each role, once somebody has signed in with it."""
    return {}


@pytest.fixture
def as_role(app: Flask, cookies: dict[str, str]) -> AsRole:
    """Somebody signed in with this role and no other."""

    def sign_in(role: str) -> Visitor:
        visitor = Visitor(app)
        if role not in cookies:
            cookies[role] = visitor.signed_in_as(role).cookie()
        visitor.client.set_cookie("tillbridge", cookies[role])
        return visitor

    return sign_in
