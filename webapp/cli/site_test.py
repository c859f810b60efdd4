"""`site test NAME`: the connection, step by step; what is wrong, and where to click in the store."""

import argparse

from jobs.runtime import connect
from platforms.base import Check, ConnectionReport
from webapp.cli.context import Context, site_named
from webapp.cli.output import Answer

MARKS = {True: "✓", False: "✗", None: "·"}


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    with context.reading() as session:
        site = site_named(session, arguments.name)
    with context.runtime() as runtime:
        report = connect(runtime, site).check()
    data = {
        "ok": report.is_ok,
        "store": report.facts.title,
        "version": report.facts.version,
        "currency": report.facts.currency,
        "checks": [
            {"name": check.name, "ok": check.is_ok, "message": check.message, "fix": check.fix}
            for check in report.checks
        ],
    }
    failed = next((check for check in report.checks if check.is_ok is False), None)
    complaint = ""
    if not report.is_ok:
        complaint = f"The connection to {site.name} does not work yet."
        if failed is not None:
            complaint = f"{complaint} {failed.message}"
    return Answer(
        data=data,
        text=lambda: _text(report),
        complaint=complaint,
        next_step=failed.fix if failed is not None else "",
    )


def _text(report: ConnectionReport) -> str:
    lines = [_line(check) for check in report.checks]
    if report.is_ok:
        facts = report.facts
        version = f"version {facts.version}" if facts.version else ""
        known = ", ".join(part for part in (facts.title, version, facts.currency) if part)
        lines.append(f"It works: {known}.")
    return "\n".join(lines)


def _line(check: Check) -> str:
    return f"{MARKS[check.is_ok]} {check.name}: {check.message}"
