"""What commands work with: the configuration, an opened home, the site that was named."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from jobs.runtime import Runtime
from webapp.cli.faults import CommandFault
from webapp.cli.progress import shown_progress
from webapp.config import Config, read_config, unlock
from webapp.database import make_engine, reading, writing
from webapp.migrations import HEAD
from webapp.migrations.state import is_newer, migrated_to
from webapp.models.sites import Site

ACTOR = "command line"


@dataclass(slots=True, kw_only=True)
class Context:
    """One command's surroundings. Nothing is read or opened before it is asked for."""

    wants_json: bool = False
    environment: dict[str, str] | None = None
    _config: Config | None = field(default=None, init=False)
    _engine: Engine | None = field(default=None, init=False)

    @property
    def config(self) -> Config:
        if self._config is None:
            self._config = read_config(self.environment)
        return self._config

    def reread(self) -> Config:
        """The configuration read anew: `init` has just made keys."""
        self._config = None
        return self.config

    @property
    def engine(self) -> Engine:
        """The engine of an initialised, migrated home. CommandFault: it is not, and what to do."""
        if self._engine is None:
            unlock(self.config)
            self._engine = make_engine(self.config.database_url)
            _check_migrated(self._engine)
        return self._engine

    @property
    def any_engine(self) -> Engine:
        """The engine, whichever version made the database; no key is needed for it.

        CommandFault: there is no database.
        """
        if self._engine is None:
            engine = make_engine(self.config.database_url)
            _check_there(engine)
            self._engine = engine
        return self._engine

    def close(self) -> None:
        if self._engine is not None:
            self._engine.dispose()

    @contextmanager
    def runtime(self) -> Iterator[Runtime]:
        """What jobs work with, its progress shown on stderr while this is open."""
        engine = self.engine
        with shown_progress() as progress:
            yield Runtime(
                engine=engine,
                allow_private_stores=self.config.allow_private_stores,
                public_url=self.config.public_url,
                progress=progress,
            )

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with reading(self.engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        with writing(self.engine) as session:
            yield session


def site_named(session: Session, name: str) -> Site:
    """The site of this name. CommandFault: there is none; the sentence says which there are."""
    site = session.scalar(select(Site).where(Site.name == name))
    if site is not None:
        return site
    known = session.scalars(select(Site.name).order_by(Site.name).limit(10)).all()
    there_are = f"There is: {', '.join(known)}." if known else "No site is connected yet."
    raise CommandFault(
        "unknown_site",
        f"There is no site {name!r}. {there_are}",
        "Connect one with: bin/tillbridge site apply FILE.json",
    )


def site_id_named(context: Context, name: str) -> int:
    """The id of the site of this name. CommandFault as above."""
    with context.reading() as session:
        return site_named(session, name).id


def _check_migrated(engine: Engine) -> None:
    _check_there(engine)
    stands_at = migrated_to(engine)
    if stands_at == HEAD:
        return
    if stands_at is None:
        raise CommandFault(
            "not_initialised", "This Tillbridge has no tables yet.", "Run: bin/tillbridge init"
        )
    if is_newer(stands_at):
        raise CommandFault(
            "database_newer",
            f"The database was made by a newer Tillbridge (step {stands_at}); this one knows them up to {HEAD}.",
            "Run the newer Tillbridge, or put a backup of this version in its place.",
        )
    raise CommandFault(
        "not_migrated",
        f"The database is from an older Tillbridge (step {stands_at}, this one needs {HEAD}).",
        "Run: bin/tillbridge backup FILE, then bin/tillbridge init",
    )


def _check_there(engine: Engine) -> None:
    """SQLite would make an empty file only because we looked."""
    file = engine.url.database if engine.dialect.name == "sqlite" else None
    if file and not Path(file).exists():
        raise CommandFault(
            "not_initialised", "This Tillbridge has no tables yet.", "Run: bin/tillbridge init"
        )
