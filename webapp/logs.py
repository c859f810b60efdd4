"""The log: on stderr, as text or one JSON object a line, with its site, run and order, no secrets.

`TILLBRIDGE_LOG=json` (or `--log-json`) chooses JSON; processes that a command starts inherit it.
"""

import logging
import os
import sys
import traceback
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

import msgspec

from webapp.scrubbing import scrubbed

VARIABLE = "TILLBRIDGE_LOG"
JSON = "json"
TEXT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
# What a line may be about; a record's own value (`extra=`) goes before the surroundings'.
SUBJECTS = ("site", "run", "order", "job")

_about: ContextVar[dict[str, object]] = ContextVar("about", default={})  # noqa: B039 - never changed


@contextmanager
def about(**subjects: object) -> Iterator[None]:
    """Every line of the block is about this `site`, `run`, `order` or `job`; blocks add up."""
    token = _about.set({**_about.get(), **subjects})
    try:
        yield
    finally:
        _about.reset(token)


def set_up_logs(environment: MutableMapping[str, str] = os.environ) -> None:
    """Send what is WARNING or worse to stderr. Called again, it only chooses the form anew."""
    root = logging.getLogger()
    for handler in [each for each in root.handlers if isinstance(each, LogHandler)]:
        root.removeHandler(handler)
    handler = LogHandler()
    is_json = environment.get(VARIABLE, "").lower() == JSON
    handler.setFormatter(JsonFormatter() if is_json else TextFormatter(TEXT))
    root.addHandler(handler)


class LogHandler(logging.Handler):
    """Writes to stderr, whatever that is when a line is written."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stderr.write(self.format(record) + "\n")
            sys.stderr.flush()
        except (OSError, ValueError):
            return  # nobody reads it any more


class TextFormatter(logging.Formatter):
    """For people: what a line is about stands behind it."""

    def format(self, record: logging.LogRecord) -> str:
        said = super().format(record)
        subjects = " ".join(f"{name}={value}" for name, value in _subjects(record).items())
        return scrubbed(f"{said} [{subjects}]" if subjects else said)


class JsonFormatter(logging.Formatter):
    """For machines: `at, level, logger, message`, what it is about, and `trace` of a fault."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": f"{datetime.fromtimestamp(record.created, UTC):%Y-%m-%dT%H:%M:%S.%fZ}",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": scrubbed(record.getMessage()),
        }
        for name, value in _subjects(record).items():
            line[name] = value if isinstance(value, int) else scrubbed(str(value))
        line["process"] = record.process
        if record.exc_info and record.exc_info[0] is not None:
            line["trace"] = scrubbed("".join(traceback.format_exception(*record.exc_info)))
        return msgspec.json.encode(line).decode()


def _subjects(record: logging.LogRecord) -> dict[str, object]:
    around = _about.get()
    found = {name: getattr(record, name, around.get(name)) for name in SUBJECTS}
    return {name: value for name, value in found.items() if value is not None}
