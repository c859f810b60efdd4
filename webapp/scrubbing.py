"""Secrets taken out of text that is about to be written down, by their known shapes.

The second net: secrets are not logged in the first place. What merely looks like one goes too, such
as a digest: in a log nobody misses it.
"""

import re

GONE = "[secret]"

# What follows one of these names, however it is written down: as a query, JSON, repr or header.
_NAMES = (
    "consumer_key",
    "consumer_secret",
    "partner_key",
    "access_token",
    "refresh_token",
    "oauth_signature",
    "oauth_consumer_key",
    "oauth_nonce",
    "client_secret",
    "secret_key",
    "encryption_keys?",
    "webhook_secret",
    "metrics_token",
    "api_?key",
    "password",
    "passwd",
    "secret",
    "token",
    "sign",
    "code",
)
_NAMED = re.compile(
    rf"""(?ix) (?<![a-z]) (?P<name> (?:tillbridge_)? (?:{"|".join(_NAMES)}) )
    (?P<between> ["']? \s* (?: = | : | %3D ) \s* )
    (?: (?P<quote> ["'] ) (?:(?!(?P=quote)).)+ (?P=quote) | (?P<bare> [^\s&"',;)\]}}<>]+ ) )"""
)
# A code is mostly an error's name, a sign mostly a symbol: only what could not be read aloud is one.
_DOUBTFUL = re.compile(r"(?i)(sign|code|token|secret)$")
_READABLE = re.compile(r"[A-Za-z_ .-]{1,40}$|\d{1,6}$|None$")
_BARE = re.compile(
    r"""(?x)
    (?i: \b (?: basic | bearer ) \s+ ) [A-Za-z0-9+/=._~-]{6,}   # an Authorization header
    | \b c[ks]_ [0-9A-Za-z]{2,}                                  # a key and its secret
    | \b shpk [0-9A-Za-z]{8,}                                    # a partner's key
    | \b gAAAA [0-9A-Za-z_=-]{20,}                               # what is sealed at rest
    | (?<= :// ) [^\s/@:]* : [^\s/@]+ (?= @ )                    # the user of an address
    | \b [0-9a-fA-F]{32,} \b                                     # tokens, signatures
    | (?<! [\w/.-] ) (?= [\w-]*[0-9] ) (?= [\w-]*[a-z] ) (?= [\w-]*[A-Z] ) [\w-]{30,} ={0,2}
    """
)


def scrubbed(text: str) -> str:
    """The text with every secret of a known shape taken out of it."""
    return _BARE.sub(_without_scheme, _NAMED.sub(_without_value, text))


def _without_value(found: re.Match[str]) -> str:
    name, between, quote = found["name"], found["between"], found["quote"] or ""
    value = found["bare"] or found[0][len(name) + len(between) :].strip("\"'")
    if _DOUBTFUL.match(name) and _READABLE.match(value):
        return found[0]
    return f"{name}{between}{quote}{GONE}{quote}"


def _without_scheme(found: re.Match[str]) -> str:
    scheme, blank, _ = found[0].partition(" ")
    return f"{scheme} {GONE}" if blank else GONE
