"""What a command says: one JSON object, or text for people; complaints go to stderr."""

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from webapp.cli.faults import CommandFault, UsageFault

FAULTS_SHOWN = 50

# Controls but tab and line feed, and what turns the writing direction.
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The outcome of a command: `data` for scripts, `text` for people.

    `complaint` is what needs attention, on stderr, with exit status 1; `next_step` the way out.
    `is_said`: a command that runs until it is stopped has said it already.
    """

    data: Mapping[str, Any]
    text: str | Callable[[], str] = ""
    complaint: str = ""
    next_step: str = ""
    warnings: tuple[str, ...] = field(default=())
    is_said: bool = False

    @property
    def exit_status(self) -> int:
        return 1 if self.complaint else 0


def instant(at: datetime | None) -> str | None:
    """2026-03-05T04:00:00Z, or with its fraction where it has one; None stays None."""
    if at is None:
        return None
    return at.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def plain_data(value: Any) -> Any:
    """Dataclass results, instants and dates as the JSON of the command line has them."""
    if isinstance(value, Mapping):
        return {str(key): plain_data(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain_data(item) for item in value]
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    return value


def print_json(data: Mapping[str, Any]) -> None:
    """One object, indented for the eye, keys in their order."""
    body = msgspec.json.format(msgspec.json.encode(plain_data(data)), indent=2)
    sys.stdout.write(body.decode() + "\n")
    sys.stdout.flush()


def print_answer(answer: Answer, *, wants_json: bool) -> int:
    """Show an answer; the exit status of the command."""
    for warning in answer.warnings:
        complain(warning)
    if wants_json and not answer.is_said:
        print_json(answer.data)
    elif not wants_json:
        text = answer.text() if callable(answer.text) else answer.text
        if text:
            sys.stdout.write(seen(text.rstrip("\n")) + "\n")
            sys.stdout.flush()
    if answer.complaint:
        complain(answer.complaint)
        if answer.next_step:
            complain(answer.next_step)
    return answer.exit_status


def print_fault(fault: CommandFault, *, wants_json: bool) -> int:
    if wants_json:
        print_json({"error": error_data(fault)})
    else:
        complain(fault.message)
        for line in fault_lines(fault.errors or ()):
            complain("  " + line)
        if fault.next_step:
            complain(fault.next_step)
    return 1


def print_usage_fault(fault: UsageFault, *, wants_json: bool) -> int:
    if wants_json:
        print_json({"error": {"code": "usage", "message": str(fault), "next": fault.usage.strip()}})
    else:
        if fault.usage:
            complain(fault.usage.rstrip())
        complain(f"tillbridge: {fault}")
    return 2


def error_data(fault: CommandFault) -> dict[str, Any]:
    data: dict[str, Any] = {
        "code": fault.code,
        "message": fault.message,
        "next": fault.next_step,
    }
    if fault.errors is not None:
        data["errors"] = fault.errors
    return data


def fault_lines(errors: Sequence[Mapping[str, Any]]) -> list[str]:
    """The wrong rows or keys for people, the first ones; --json has them all."""
    lines = [fault_line(wrong) for wrong in errors[:FAULTS_SHOWN]]
    if len(errors) > FAULTS_SHOWN:
        lines.append(f"… and {len(errors) - FAULTS_SHOWN:,} more; --json lists them all.")
    return lines


def fault_line(wrong: Mapping[str, Any]) -> str:
    """One wrong row or key of a file, as a line: "row 7, quantity: …" or "ledgers.tax: …"."""
    if "key" in wrong:
        place = ": ".join(wrong[name] for name in ("site", "key") if wrong.get(name))
        return f"{place}: {wrong['message']}" if place else str(wrong["message"])
    if not wrong["row"]:
        return str(wrong["message"])
    column = f", {wrong['column']}" if wrong.get("column") else ""
    return f"row {wrong['row']}{column}: {wrong['message']}"


def seen(text: str) -> str:
    """Text for a terminal: what a store or a file wrote in it must not steer the terminal."""
    if text.isprintable():
        return text
    return _STEERING.sub("\ufffd", text)


def complain(text: str) -> None:
    """A line on stderr."""
    sys.stderr.write(seen(text) + "\n")
    sys.stderr.flush()
