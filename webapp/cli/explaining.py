"""Faults from below that a command did not meet by itself, turned into sentences."""

import errno

from sqlalchemy.exc import DBAPIError, OperationalError

from jobs.push import PushHeld
from platforms.errors import NotFound, PlatformError, SiteRefused, TryAgain
from webapp.backoffice.files.sheets import SheetUnreadable
from webapp.backoffice.reports.order_view import next_step
from webapp.backoffice.sites.leases import LeaseLost, LeaseTaken
from webapp.cli.faults import CommandFault
from webapp.cli.sheet_faults import unreadable
from webapp.config import ConfigurationFault
from webapp.encryption import WrongKey


def explain(fault: Exception) -> CommandFault:
    """The code, sentence and way out of a fault; `internal_error` when we know no better."""
    match fault:
        case ConfigurationFault():
            return CommandFault("configuration", str(fault), fault.next_step)
        case WrongKey():
            return CommandFault(
                "wrong_key",
                "The stored secrets do not open with the encryption keys given.",
                "Give the keys that they were stored with (TILLBRIDGE_ENCRYPTION_KEYS or the home's encryption_keys).",
            )
        case LeaseTaken():
            return CommandFault(
                "site_busy",
                f"{fault} It is free again when that one ends.",
                "Wait for it, then run this again.",
            )
        case LeaseLost():
            return CommandFault(
                "site_busy",
                "Another process has taken over this site; what it does stands, ours was given up.",
                "Run this again.",
            )
        case PlatformError():
            return from_platform(fault)
        case PushHeld():
            return CommandFault(fault.code, str(fault), fault.next_step)
        case SheetUnreadable():
            return unreadable("The file", fault.problems)
        case DBAPIError():
            return _database(fault)
        case OSError() if fault.errno is not None:
            return _system(fault)
        case _:
            return _bug(fault)


def _database(fault: DBAPIError) -> CommandFault:
    said = str(fault.orig)
    if any(words in said for words in ("locked", "lock timeout", "deadlock")):
        return CommandFault(
            "database_busy", "Another process is writing to the database.", "Run this again."
        )
    if any(words in said for words in ("no such table", "no such column", "does not exist")):
        return CommandFault(
            "not_initialised",
            "The database does not hold this version's tables.",
            "Run: bin/tillbridge init",
        )
    if "disk is full" in said or "No space left" in said:
        return CommandFault(
            "disk_full",
            "The disk that holds the database is full. Nothing was half done.",
            "Make room on the disk, then run this again.",
        )
    if "readonly database" in said or "unable to open database" in said:
        return CommandFault(
            "database_unusable",
            "The database file cannot be written or opened by this user.",
            "Look at who owns the home (TILLBRIDGE_HOME) and its files, and whether the disk is writable.",
        )
    if "not a database" in said or "malformed" in said:
        return CommandFault(
            "database_damaged",
            "The database file is damaged, or is no SQLite database.",
            "Put a backup in its place; --debug shows what SQLite said.",
        )
    if isinstance(fault, OperationalError):
        return CommandFault(
            "database_unreachable",
            "The database cannot be reached or used.",
            "Look at DATABASE_URL and whether the server runs; --debug shows what it said.",
        )
    return _bug(fault)


def _system(fault: OSError) -> CommandFault:
    if fault.errno == errno.EADDRINUSE:
        return CommandFault(
            "port_taken",
            "The port is taken by another program.",
            "Give another one with --port, or --port 0 for any that is free.",
        )
    # Below 0 are the resolver's: the host's name is none.
    if fault.errno is not None and (fault.errno < 0 or fault.errno == errno.EADDRNOTAVAIL):
        return CommandFault(
            "address_unusable",
            f"This machine cannot listen there: {fault.strerror}.",
            "Give an address of this machine with --host, such as 127.0.0.1 or 0.0.0.0.",
        )
    if fault.errno in (errno.ENOSPC, errno.EDQUOT):
        return CommandFault(
            "disk_full",
            f"{fault.filename or 'The disk'}: {fault.strerror}.",
            "Make room on the disk, then run this again.",
        )
    if isinstance(fault, FileNotFoundError):
        return CommandFault(
            "file_not_found",
            f"There is no {fault.filename}.",
            "Look at the name, and whether its folder is there.",
        )
    place = f"{fault.filename}: " if fault.filename else "The system refused: "
    return CommandFault(
        "file_unusable",
        f"{place}{fault.strerror}.",
        "Look at who may use it, or give another place.",
    )


def _bug(fault: Exception) -> CommandFault:
    return CommandFault(
        "internal_error",
        f"Tillbridge itself failed: {type(fault).__name__}.",
        "Run it again with --debug and report what it shows.",
    )


def from_platform(fault: PlatformError) -> CommandFault:
    """A store's refusal or silence, as people read it at the command line."""
    way_out = next_step(fault.code)
    if isinstance(fault, NotFound):
        # The step for this code is about an order that we know and the store has deleted.
        way_out = "Look it up in the store; its list of orders shows the numbers."
    if isinstance(fault, SiteRefused) and fault.fix:
        way_out = fault.fix
    if isinstance(fault, TryAgain) and fault.retry_after:
        way_out = f"The store asks to wait {fault.retry_after} seconds; then run this again."
    sentence = fault.sentence
    if fault.said and fault.said not in sentence:
        sentence = f"{sentence} It said: {fault.said}"
    return CommandFault(fault.code, sentence, way_out)
