"""The figures of docs/performance.md: each part of the bench has its place, and keeps it."""

from pathlib import Path

from benchmarks.__main__ import PARTS
from benchmarks.report import DOCUMENT, Measured, Result, write_document


def _measured(part: str, seconds: int) -> Measured:
    result = Result(what=f"What {part} took", beside="", product="", measured=seconds, goal=5)
    return Measured(part=part, results=(result,), notes=(f"A note on {part}: {seconds}.",))


def test_every_part_of_the_bench_has_its_place_on_the_page(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    page.write_text(DOCUMENT.read_text(encoding="utf-8"), encoding="utf-8")

    write_document([_measured(part, 7) for part in PARTS], "18", page)

    said = page.read_text(encoding="utf-8")
    assert [part for part in PARTS if f"- A note on {part}: 7." not in said] == []
    assert said.endswith(DOCUMENT.read_text(encoding="utf-8").rpartition("<!-- end")[2])


def test_what_was_not_measured_again_keeps_its_figures(tmp_path: Path) -> None:
    page = tmp_path / "performance.md"
    page.write_text(DOCUMENT.read_text(encoding="utf-8"), encoding="utf-8")
    write_document([_measured("main", 3), _measured("push", 4)], "18", page)

    write_document([_measured("push", 9)], "18", page)

    said = page.read_text(encoding="utf-8")
    assert "A note on main: 3." in said
    assert "A note on push: 9." in said
    assert "A note on push: 4." not in said
