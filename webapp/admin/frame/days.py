"""Days in addresses: 2026-11-24, or a sentence for what is none."""

from datetime import date


def read_day(text: str | None, faults: list[str]) -> date | None:
    """The day of an address; None for no text, and for what is no day, which `faults` then tells."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or not 1970 <= day.year < 9999:
        faults.append(f"“{text}” is not a day; write 2026-11-24.")
        return None
    return day
