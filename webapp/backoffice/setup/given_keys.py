"""Keys that a person gives a site, beside those that the store renewed since.

A declaration is applied again and again, and still holds the tokens of the first day. They must
not undo a renewal: the store has long taken the old ones back.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256

from platforms.base import CredentialField
from webapp.models.sites import Site

# What the store's consent page gives, to be exchanged once for keys of their own.
CONSENT_CODE = "code"
CODES_KEPT = 200


def change_keys(
    site: Site,
    given: Mapping[str, str],
    fields: Sequence[CredentialField],
    *,
    replace_tokens: bool,
    now: datetime,
) -> tuple[str, ...]:
    """Give a site the keys of a declaration; the names of those that changed.

    A key that the store renews is taken where the site has none, or with `replace_tokens`. A
    consent code never seen before is a new authorisation, and a key that says which shop it is
    (one that is no secret) another shop: either way the renewed keys are of no use any more, and
    a renewal that is under way comes to nothing.
    """
    renewing = {each.name for each in fields if each.is_renewed}
    naming = {each.name for each in fields if not each.is_secret}
    present = {**site.credentials, **(site.renewed_keys or {})}
    different = {key for key, value in given.items() if present.get(key) != value}
    seen = codes_seen(site.codes_seen, given)
    is_new_code = CONSENT_CODE in different & renewing and seen != site.codes_seen
    is_other_shop = any(present.get(key) for key in different & naming)
    begins_anew = is_new_code or is_other_shop or (replace_tokens and bool(different & renewing))
    if is_new_code or (is_other_shop and site.renewed_keys):
        # The file's tokens are still those of before: they were renewed or replaced since.
        old = {key for key in renewing if given.get(key) == site.credentials.get(key)}
    elif begins_anew:
        old = set()
    else:
        old = renewing & present.keys()
    taken = {key: value for key, value in given.items() if key not in old}
    kept = {
        key: value
        for key, value in site.credentials.items()
        if not (begins_anew and key in renewing)
    }
    site.codes_seen = seen
    if begins_anew:
        forget_renewed(site)
        site.consented_at = now
    if site.credentials != {**kept, **taken}:
        site.credentials = {**kept, **taken}
    return tuple(key for key in given if key in different and key in taken)


def forget_renewed(site: Site) -> None:
    """The renewed keys are void, and so is a renewal that is under way."""
    site.renewed_keys = None
    site.key_lease_no = site.key_lease_no + 1
    site.key_lease_until = None
    site.facts = {}


def codes_seen(before: Sequence[str] | None, given: Mapping[str, str]) -> list[str] | None:
    """The digests of the codes declared so far, with the one that is given now."""
    code = given.get(CONSENT_CODE)
    if not code:
        return None if before is None else list(before)
    digest = sha256(code.encode()).hexdigest()
    known = list(before or ())
    return known if digest in known else [*known, digest][-CODES_KEPT:]
