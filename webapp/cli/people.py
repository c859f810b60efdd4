"""`user add`: a person who may sign in."""

import argparse
import getpass
import sys

from webapp.backoffice.people import people
from webapp.cli.context import ACTOR, Context
from webapp.cli.faults import CommandFault, UsageFault
from webapp.cli.output import Answer
from webapp.database import utc_now
from webapp.models.people import RoleName


def declare(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(metavar="ACT", required=True)
    add = acts.add_parser("add", help="add a person who may sign in")
    add.add_argument("email", metavar="EMAIL")
    add.add_argument("--role", required=True, choices=[role.value for role in RoleName])
    add.add_argument(
        "--password-stdin",
        action="store_true",
        help="read the password from standard input instead of asking for it",
    )
    add.set_defaults(run=run)


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    engine_first = context.engine  # an uninitialised home is said before a password is asked for
    assert engine_first is not None  # noqa: S101
    password = _password(arguments.password_stdin)
    with context.writing() as session:
        try:
            person = people.add_person(
                session,
                email=arguments.email,
                password=password,
                roles=[arguments.role],
                now=utc_now(),
                actor=ACTOR,
            )
        except people.PersonFault as fault:
            raise CommandFault(
                f"{fault.field}_refused", str(fault), "Mend it and run this again."
            ) from fault
    return Answer(
        data={"email": person.email, "role": arguments.role},
        text=f"{person.email} can sign in, as {arguments.role}.",
    )


def _password(from_stdin: bool) -> str:
    if from_stdin:
        try:
            return sys.stdin.readline().rstrip("\r\n")
        except UnicodeDecodeError as fault:
            raise CommandFault(
                "password_refused", "The password is not text in UTF-8.", "Give another one."
            ) from fault
    if not sys.stdin.isatty():
        raise UsageFault("there is no terminal to ask for the password; give --password-stdin.")
    first = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != first:
        raise CommandFault("password_refused", "The two passwords are not the same.", "Try again.")
    return first
