"""The JSON of an answer's body, dug out of what stands around it.

A PHP notice, a byte order mark or a proxy's remark may stand before perfect JSON.
"""

import json
import re

import msgspec

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
MOST_GUESSES = 200

PAGE = re.compile(rb"<!doctype|<html|<\?xml", re.IGNORECASE)
BRACKET = re.compile(r"[\[{]")
# How an object, or a list of objects, lists or texts, begins; "[0]" in a notice does not.
BEGINNING = re.compile(r"""\{\s*"|\[\s*[\[{"]""")

_raw_decoder = msgspec.json.Decoder(msgspec.Raw)


def json_part(body: bytes) -> bytes | None:
    """The JSON of a body, without byte order marks and PHP notices around it; None: no JSON."""
    body = body.strip()
    while body.startswith(BYTE_ORDER_MARK):
        body = body[len(BYTE_ORDER_MARK) :].lstrip()
    if body[:1] in (b"{", b"["):
        try:
            _raw_decoder.decode(body)
        except (msgspec.DecodeError, RecursionError):
            return _dug_out(body)
        return body
    if PAGE.search(body[:4000]):
        return None  # the JSON in a page's scripts is not the store's answer
    return _dug_out(body)


def _dug_out(body: bytes) -> bytes | None:
    """The longest JSON object or list among other text. Notices hold brackets of their own."""
    try:
        written = body.decode()
    except UnicodeDecodeError:
        return None
    decoder = json.JSONDecoder()
    best = ""
    at = 0
    for _ in range(MOST_GUESSES):
        found = BRACKET.search(written, at)
        if found is None:
            break
        try:
            _, end = decoder.raw_decode(written, found.start())
        except (ValueError, RecursionError):
            if BEGINNING.match(written, found.start()):
                return None  # the answer itself, broken off: its parts are not it
            at = found.start() + 1
            continue
        best = max(best, written[found.start() : end], key=len)
        at = end
    return best.encode() if best else None
