"""Making keys for the marketplace's own systems, and taking them back."""

from collections.abc import Collection
from datetime import datetime
from secrets import token_hex, token_urlsafe
from typing import Any

from django.db import transaction

from marketplace.kernel.audit import record
from sellers.api.models import MarketKey, Scope
from sellers.api.operations.keys import digest_of


@transaction.atomic
def make_market_key(
    *, market_id: int, name: str, scopes: Collection[Scope], by: Any, at: datetime
) -> tuple[MarketKey, str]:
    """Make a key of a market for what it is to open; its text is returned once and kept nowhere."""
    prefix = f"saldo_market_{token_hex(4)}"
    token = f"{prefix}_{token_urlsafe(32)}"
    key = MarketKey.objects.create(
        market_id=market_id,
        name=name,
        prefix=prefix,
        digest=digest_of(token),
        for_deposits=Scope.DEPOSITS in scopes,
        for_fees=Scope.FEES in scopes,
        created_at=at,
        created_by=by,
    )
    _note("market_key.created", key, by, at)
    return key, token


@transaction.atomic
def revoke_market_key(*, key_id: int, by: Any, at: datetime) -> MarketKey:
    """Take a key back for good; one taken back already stays as it is."""
    key = MarketKey.objects.locked().get(pk=key_id)
    if key.revoked_at is None:
        key.revoked_at, key.revoked_by = at, by
        key.save(update_fields=["revoked_at", "revoked_by"])
        _note("market_key.revoked", key, by, at)
    return key


def _note(verb: str, key: MarketKey, by: Any, at: datetime) -> None:
    details = {"name": key.name, "market": key.market.code, "for": sorted(key.scopes)}
    record(verb=verb, subject=key.prefix, by=by, at=at, details=details)
