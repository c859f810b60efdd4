"""`user add`: who may sign in."""

import io

import pytest

from tests.cli.conftest import Run


@pytest.fixture
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("a long enough one\n"))


def test_a_person_is_added_with_a_role(ready: Run, password: None) -> None:
    said = ready(
        "user", "add", "Aina@Shop.example", "--role", "bookkeeper", "--password-stdin", "--json"
    )

    assert said.status == 0
    assert said.json == {"email": "aina@shop.example", "role": "bookkeeper"}


def test_a_person_who_is_there_already_is_said(
    ready: Run, password: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("user", "add", "aina@shop.example", "--role", "admin", "--password-stdin")
    ready(*words)
    monkeypatch.setattr("sys.stdin", io.StringIO("a long enough one\n"))

    said = ready(*words)

    assert said.status == 1
    assert "aina@shop.example" in said.err


def test_a_short_password_is_refused(ready: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))

    said = ready(
        "user", "add", "aina@shop.example", "--role", "admin", "--password-stdin", "--json"
    )

    assert said.status == 1
    assert said.json["error"]["code"] == "password_refused"


def test_without_a_terminal_the_password_must_come_on_standard_input(
    ready: Run, password: None
) -> None:
    said = ready("user", "add", "aina@shop.example", "--role", "admin")

    assert said.status == 2
    assert "--password-stdin" in said.err
