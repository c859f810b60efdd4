"""What is logged while a run goes on names its site and its run."""

import logging

import msgspec
import pytest
from sqlalchemy import Engine

from jobs.running import running
from jobs.runtime import leased
from tests import factories as make
from tests.stores import runtime_of
from webapp.backoffice.sites import runs
from webapp.database import writing
from webapp.logs import VARIABLE, LogHandler, set_up_logs


class Nothing:
    """A run's report without counts."""

    run = 0
    requests = 0

    def counts(self) -> dict[str, int]:
        return {}


def test_a_line_of_a_run_names_its_site_and_run(
    sqlite_engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    with writing(sqlite_engine) as session:
        site_id = make.site(session).id
    runtime, report = runtime_of(sqlite_engine), Nothing()
    set_up_logs({VARIABLE: "json"})
    given = {"kind": "pull", "direction": "pull", "when_done": runs.note_pulled, "actor": None}

    with leased(runtime, site_id) as lease, running(runtime, lease, report, **given):  # type: ignore[arg-type]
        logging.getLogger("tests.run").warning("took long")
    logging.getLogger("tests.run").warning("afterwards")

    root = logging.getLogger()
    for handler in [each for each in root.handlers if isinstance(each, LogHandler)]:
        root.removeHandler(handler)
    during, after = (msgspec.json.decode(line) for line in capsys.readouterr().err.splitlines())
    assert (during["site"], during["run"]) == (site_id, report.run)
    assert report.run > 0
    assert "run" not in after
