"""A declaration applied again: old tokens never undo a renewal, a new code begins anew."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from platforms import registry
from tests import factories as make
from webapp.backoffice.setup.declarations import AppliedSite, apply_declarations
from webapp.backoffice.sites.keyring import keys_of
from webapp.models.audit import AuditEntry
from webapp.models.sites import Site

SHOP = {"partner_id": 1001, "partner_key": "key of the app", "shop_id": 7}
TOKENS = {"access_token": "first access", "refresh_token": "first refresh"}
RENEWED = {"access_token": "renewed access", "refresh_token": "renewed refresh"}
NOW = make.NOW


def apply(session: Session, credentials: dict[str, Any], **given: Any) -> AppliedSite:
    raw = {
        "name": "market",
        "platform": "shopee",
        "url": "https://partner.example.com",
        "credentials": credentials,
    }
    platforms = {name: registry.get(name) for name in registry.names()}
    values = {"now": NOW, "actor": "op@example.com", **given}
    (applied,) = apply_declarations(session, raw, platforms=platforms, **values)
    return applied


def market(session: Session) -> Site:
    session.expire_all()
    return session.scalars(select(Site).where(Site.name == "market")).one()


def renewed(session: Session) -> None:
    """The store has renewed the tokens since."""
    market(session).renewed_keys = dict(RENEWED)
    session.flush()


def keys(session: Session) -> dict[str, str]:
    session.expire_all()
    return keys_of(session, market(session).id)


def test_ids_are_numbers_or_strings(session: Session) -> None:
    apply(session, {**SHOP, **TOKENS})

    again = apply(session, {**SHOP, "partner_id": "1001", "shop_id": "7"})

    assert keys(session)["shop_id"] == "7"
    assert again.changed == ()


def test_old_tokens_never_go_over_renewed_ones(session: Session) -> None:
    apply(session, {**SHOP, **TOKENS})
    renewed(session)

    again = apply(session, {**SHOP, **TOKENS})

    assert again.changed == ()
    assert keys(session)["refresh_token"] == "renewed refresh"


def test_tokens_are_replaced_when_that_is_asked_for(session: Session) -> None:
    apply(session, {**SHOP, **TOKENS})
    renewed(session)

    again = apply(session, {**SHOP, **TOKENS}, replace_tokens=True)

    assert again.changed == ("credentials.access_token", "credentials.refresh_token")
    assert keys(session)["refresh_token"] == "first refresh"
    assert market(session).renewed_keys is None


def test_a_new_code_begins_a_new_authorisation(session: Session) -> None:
    apply(session, {**SHOP, **TOKENS})
    renewed(session)
    site = market(session)
    site.stopped_at, site.stopped_code, site.stopped_message = NOW, "x", "y"
    lease = site.key_lease_no

    again = apply(session, {**SHOP, **TOKENS, "code": "new"}, now=NOW + timedelta(days=1))

    assert again.changed == ("credentials.code",)
    found = keys(session)
    assert found["code"] == "new"
    assert "refresh_token" not in found
    after = market(session)
    assert after.key_lease_no > lease
    assert (after.stopped_at, after.consented_at) == (None, NOW + timedelta(days=1))


def test_a_code_seen_before_is_no_new_authorisation(session: Session) -> None:
    apply(session, {**SHOP, "code": "one"})
    apply(session, {**SHOP, "code": "two"})
    renewed(session)

    for code in ("two", "one"):
        again = apply(session, {**SHOP, "code": code})

        assert again.changed == ()
    assert keys(session)["refresh_token"] == "renewed refresh"
    assert keys(session)["code"] == "two"


def test_a_site_may_be_made_before_its_owner_lets_us_in(session: Session) -> None:
    applied = apply(session, SHOP)

    assert applied.created
    assert market(session).consented_at is None


def test_renewed_keys_alone_count_as_given(session: Session) -> None:
    apply(session, SHOP)
    renewed(session)

    again = apply(session, {**SHOP, **TOKENS})

    assert again.changed == ()
    assert keys(session)["access_token"] == "renewed access"


def test_another_shop_takes_no_keys_of_the_old_one_along(session: Session) -> None:
    apply(session, {**SHOP, **TOKENS})
    renewed(session)

    again = apply(session, {**SHOP, **TOKENS, "shop_id": 8})

    assert again.changed == ("credentials.shop_id",)
    assert "access_token" not in keys(session)


def test_a_mistyped_shop_keeps_the_tokens_that_were_never_used(session: Session) -> None:
    apply(session, {**SHOP, **TOKENS, "shop_id": 77})

    apply(session, {**SHOP, **TOKENS})

    assert keys(session) == {
        "partner_id": "1001", "partner_key": "key of the app", "shop_id": "7", **TOKENS
    }  # fmt: skip


def test_a_new_app_key_leaves_the_tokens_alone(session: Session) -> None:
    apply(session, {**SHOP, **TOKENS})
    renewed(session)

    again = apply(session, {**SHOP, **TOKENS, "partner_key": "reset"})

    assert again.changed == ("credentials.partner_key",)
    assert keys(session)["refresh_token"] == "renewed refresh"


def test_the_audit_trail_holds_no_key(session: Session) -> None:
    apply(session, {**SHOP, **TOKENS})
    renewed(session)
    apply(session, {**SHOP, "code": "the new code"})

    told = str([(row.before, row.after) for row in session.scalars(select(AuditEntry))])

    for secret in (*TOKENS.values(), *RENEWED.values(), "the new code", "key of the app"):
        assert secret not in told
