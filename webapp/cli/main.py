"""Run one command: read the words, call it, say what became of it. Never a traceback."""

import argparse
import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import closing, suppress
from importlib import import_module
from typing import NoReturn

from webapp import VERSION, logs
from webapp.cli.commands import BY_WORD, COMMANDS
from webapp.cli.faults import CommandFault, UsageFault
from webapp.cli.output import (
    complain,
    print_answer,
    print_fault,
    print_json,
    print_usage_fault,
)

EVERYWHERE = ("--json", "--debug", "--log-json")


class Parser(argparse.ArgumentParser):
    """argparse that raises instead of leaving, and takes no shortened options."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**{**kwargs, "allow_abbrev": False})  # type: ignore[arg-type]

    def error(self, message: str) -> NoReturn:
        raise UsageFault(message, self.format_usage())


def main(argv: Sequence[str]) -> int:
    """Run a command line; its exit status: 0 done, 1 needs attention, 2 used wrongly.

    `--json`, `--debug` and `--log-json` may stand anywhere before a "--".
    """
    # Started with a closed stdout or stderr, Python has none; there is nobody to hear us then.
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
    try:
        status = _answer(argv)
        sys.stdout.flush()  # now, while it can still be answered for, and not on leaving
        return status
    except BrokenPipeError:
        _fall_silent()  # the reader (head, less) has seen enough
        return 0
    except OSError as fault:
        _fall_silent()
        with suppress(OSError):
            complain(f"What there is to say cannot be written: {fault.strerror}.")
        return 1


def _answer(argv: Sequence[str]) -> int:
    words, wants_json, wants_debug = _part(argv)
    try:
        _refuse_undecodable(words)
        return _run(words, wants_json=wants_json)
    except UsageFault as fault:
        return print_usage_fault(fault, wants_json=wants_json)
    except CommandFault as fault:
        _show_trace(wants_debug)
        return print_fault(fault, wants_json=wants_json)
    except BrokenPipeError:
        raise
    except KeyboardInterrupt:
        return print_fault(
            CommandFault("stopped", "Stopped. What was finished stands.", "Run it again to go on."),
            wants_json=wants_json,
        )
    except SystemExit as leaving:  # argparse after --help
        return int(leaving.code or 0)
    except Exception as fault:  # noqa: BLE001 - the one place that turns a bug into a sentence
        _show_trace(wants_debug)
        return print_fault(_explained(fault), wants_json=wants_json)


def _fall_silent() -> None:
    """Nothing more to stdout: Python must not complain on leaving that it could not be written."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _part(argv: Sequence[str]) -> tuple[list[str], bool, bool]:
    end = list(argv).index("--") if "--" in argv else len(argv)
    head, tail = argv[:end], argv[end:]
    words = [word for word in head if word not in EVERYWHERE] + list(tail)
    if "--log-json" in head:
        os.environ[logs.VARIABLE] = logs.JSON  # for the processes that it starts, too
    return words, "--json" in head, "--debug" in head


def _refuse_undecodable(words: list[str]) -> None:
    """Bytes that are no text of this system's stand as halves of characters: nobody can say them."""
    for word in words:
        try:
            word.encode()
        except UnicodeEncodeError:
            raise UsageFault(
                f"{word!a} is not text in UTF-8.", "usage: tillbridge COMMAND …"
            ) from None


def _run(words: list[str], *, wants_json: bool) -> int:
    if not words:
        raise UsageFault("which command?", _overview())
    if words[0] in ("-h", "--help", "help"):
        print(_overview())
        return 0
    if words[0] == "--version":
        return _say_version(wants_json)
    parser = parser_of(words[0])
    if parser is None:
        raise UsageFault(f"there is no command {words[0]!r}.", _overview())
    arguments = parser.parse_args(words[1:])
    from webapp.cli.context import Context

    logs.set_up_logs()
    with closing(Context(wants_json=wants_json)) as context:
        try:
            answer = arguments.run(arguments, context)
        except UsageFault as fault:
            raise UsageFault(str(fault), fault.usage or parser.format_usage()) from fault
        return print_answer(answer, wants_json=wants_json)


def parser_of(word: str) -> Parser | None:
    """The parser of a command by its first word; None: there is no such command."""
    command = BY_WORD.get(word)
    if command is None:
        return None
    parser = Parser(
        prog=f"tillbridge {command.word}",
        description=command.says[0].upper() + command.says[1:] + ".",
        epilog="--json: one JSON object on stdout. --debug: the technical detail of a failure. "
        "--log-json: what goes to the log as JSON.",
    )
    import_module(f"webapp.cli.{command.module}").declare(parser)
    return parser


def _say_version(wants_json: bool) -> int:
    if wants_json:
        print_json({"version": VERSION})
    else:
        print(f"Tillbridge {VERSION}")
    return 0


def _overview() -> str:
    width = max(len(command.word) for command in COMMANDS)
    lines = [f"  {command.word:<{width}}  {command.says}" for command in COMMANDS]
    return "\n".join(
        (
            "usage: tillbridge COMMAND … [--json] [--debug] [--log-json]",
            "",
            *lines,
            "",
            "tillbridge COMMAND --help says more. Start with: tillbridge init, or tillbridge demo --once",
        )
    )


def _explained(fault: Exception) -> CommandFault:
    """A fault that no command expected, as a sentence where we know what it means."""
    from webapp.cli.explaining import explain

    return explain(fault)


def _show_trace(wanted: bool) -> None:
    if wanted:
        traceback.print_exc(file=sys.stderr)
