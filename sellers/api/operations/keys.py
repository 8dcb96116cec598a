"""Making keys, taking them back, and noting that they are used."""

import hashlib
from datetime import datetime, timedelta
from secrets import token_hex, token_urlsafe
from typing import Any

from django.db import transaction

from marketplace.kernel.audit import record
from marketplace.parties.models import Seller
from sellers.api.models import ApiKey, MarketKey

MOST_KEYS = 20
NOTED_EVERY = timedelta(minutes=1)


class TooManyKeys(Exception):
    """A seller has no use for so many keys; one must be revoked first."""


def digest_of(token: str) -> str:
    """What is kept of a key."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def make_key(*, seller_id: int, name: str, by: Any, at: datetime) -> tuple[ApiKey, str]:
    """Make a key; its text is returned once and kept nowhere.

    :raises TooManyKeys: if the seller has as many as it may.
    """
    Seller.objects.locked().get(pk=seller_id)
    if ApiKey.objects.filter(seller=seller_id).live().count() >= MOST_KEYS:
        raise TooManyKeys(seller_id)
    prefix = f"saldo_{token_hex(4)}"
    token = f"{prefix}_{token_urlsafe(32)}"
    key = ApiKey.objects.create(
        seller_id=seller_id, name=name, prefix=prefix, digest=digest_of(token), created_at=at, created_by=by
    )
    _note("api_key.created", key, by, at)
    return key, token


@transaction.atomic
def revoke_key(*, key_id: int, by: Any, at: datetime) -> ApiKey:
    """Take a key back for good; one taken back already stays as it is."""
    key = ApiKey.objects.locked().get(pk=key_id)
    if key.revoked_at is None:
        key.revoked_at, key.revoked_by = at, by
        key.save(update_fields=["revoked_at", "revoked_by"])
        _note("api_key.revoked", key, by, at)
    return key


def note_use(key: ApiKey | MarketKey, *, at: datetime) -> None:
    """Note when a key was used, to the minute: a poll every second need not write every second."""
    if key.last_used_at is None or at - key.last_used_at >= NOTED_EVERY:
        type(key)._default_manager.filter(pk=key.pk).update(last_used_at=at)


def _note(verb: str, key: ApiKey, by: Any, at: datetime) -> None:
    details = {"name": key.name}
    record(verb=verb, subject=key.prefix, by=by, at=at, seller_id=key.seller_id, details=details)
