"""The environment, read once into one frozen value."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from webapp import home as local_home
from webapp.encryption import use_keys

DRIVERS = ("sqlite", "postgresql", "postgresql+psycopg")


class ConfigurationFault(Exception):
    """The environment does not allow what was asked. `next` says what to do."""

    def __init__(self, message: str, next_step: str) -> None:
        super().__init__(message)
        self.next_step = next_step


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Where everything is. `repr` shows no secret.

    `public_url`: the address under which the world reaches us, without a slash at its end; "":
    none was given.
    """

    home: Path
    database_url: str = field(repr=False)
    redis_url: str | None = field(repr=False)
    secret_key: str = field(repr=False)
    encryption_keys: tuple[str, ...] = field(repr=False)
    allow_private_stores: bool
    admin_email: str | None
    admin_password: str | None = field(repr=False)
    metrics_token: str | None = field(default=None, repr=False)
    public_url: str = ""

    @property
    def is_initialised(self) -> bool:
        return bool(self.secret_key and self.encryption_keys)


def read_config(environment: Mapping[str, str] | None = None) -> Config:
    """The configuration of this process; changes nothing on disk.

    ConfigurationFault: `DATABASE_URL` is set but the keys are not given with it, since keys
    generated into a local home would be lost to the other machines.
    """
    given = dict(os.environ if environment is None else environment)
    try:
        home = local_home.home_path(given)
    except RuntimeError as fault:  # "~nobody": there is no such person here
        raise ConfigurationFault(
            "TILLBRIDGE_HOME names the home of somebody who is not on this machine.",
            "Give it as a whole path, such as /var/lib/tillbridge.",
        ) from fault
    database_url = _checked(given.get("DATABASE_URL", ""))
    secret_key = given.get("TILLBRIDGE_SECRET_KEY", "")
    keys = given.get("TILLBRIDGE_ENCRYPTION_KEYS", "")
    if database_url and not (secret_key and keys):
        raise ConfigurationFault(
            "DATABASE_URL is set, but TILLBRIDGE_SECRET_KEY and TILLBRIDGE_ENCRYPTION_KEYS are not.",
            "Set both; every machine on this database needs the same ones.",
        )
    secret_key = secret_key or local_home.read_key(home, local_home.KEY_FILE)
    keys = keys or local_home.read_key(home, local_home.ENCRYPTION_FILE)
    return Config(
        home=home,
        database_url=database_url or _sqlite_url(home / "tillbridge.sqlite3"),
        redis_url=given.get("REDIS_URL") or None,
        secret_key=secret_key,
        encryption_keys=tuple(key.strip() for key in keys.split(",") if key.strip()),
        allow_private_stores=given.get("TILLBRIDGE_ALLOW_PRIVATE_STORES", "") == "1",
        admin_email=given.get("TILLBRIDGE_ADMIN_EMAIL") or None,
        admin_password=given.get("TILLBRIDGE_ADMIN_PASSWORD") or None,
        metrics_token=given.get("TILLBRIDGE_METRICS_TOKEN") or None,
        public_url=_public_url(given.get("TILLBRIDGE_PUBLIC_URL", "")),
    )


def _checked(url: str) -> str:
    """An address that a database can be looked for at. Its password is in no sentence."""
    if not url:
        return ""
    try:
        is_known = make_url(url).drivername in DRIVERS
    except (ArgumentError, ValueError):
        is_known = False
    if not is_known:
        raise ConfigurationFault(
            "DATABASE_URL is not the address of a PostgreSQL or SQLite database.",
            "Write it as postgresql+psycopg://USER:PASSWORD@HOST:PORT/DATABASE.",
        )
    return url


def _public_url(given: str) -> str:
    """The address that stores are told, as it is given but for slashes at its end."""
    url = given.strip().rstrip("/")
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        is_good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_good = False
    if not is_good or "@" in parts.netloc or parts.query or parts.fragment:
        raise ConfigurationFault(
            "TILLBRIDGE_PUBLIC_URL is not an address that a store could send to.",
            "Write it as https://HOST, with a path only where a proxy serves Tillbridge under one.",
        )
    return url


def _sqlite_url(file: Path) -> str:
    """The address of a file, whatever its folders are called."""
    return URL.create("sqlite", database=str(file)).render_as_string()


def unlock(config: Config) -> None:
    """Hand the encryption keys to the column type. ConfigurationFault: there are none, or bad."""
    if not config.encryption_keys:
        raise ConfigurationFault("This Tillbridge has no keys yet.", "Run: bin/tillbridge init")
    try:
        use_keys(config.encryption_keys)
    except ValueError as fault:
        raise ConfigurationFault(
            "TILLBRIDGE_ENCRYPTION_KEYS holds something that is not a Fernet key.",
            "Give keys of 44 characters, separated by commas; the first one encrypts.",
        ) from fault
