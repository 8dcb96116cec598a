"""Secrets are sealed with keys that are not in the database, and sealed anew when the keys change."""

from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.utils import timezone

from marketplace.kernel.models import AuditRecord
from marketplace.kernel.secrets import Unreadable, seal, sealed_columns, unseal
from marketplace.parties.models import Seller
from marketplace.users.models import User
from sellers.api.models import Webhook
from sellers.api.operations.webhooks import save_webhook

OLD, NEW, OTHER = (Fernet.generate_key().decode() for _ in range(3))


@pytest.fixture
def webhook(seller: Seller, ana: User, settings: Any) -> tuple[Webhook, str]:
    """A row with a secret, sealed with the old key."""
    settings.FIELD_ENCRYPTION_KEYS = [OLD]
    url = "https://shop.example/orders"
    return save_webhook(seller_id=seller.pk, url=url, wire="saldo", by=ana, clock=timezone.now)


def test_what_is_sealed_is_read_with_any_key_there_is(settings: Any) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [OLD]
    sealed = seal("whsec_ž")
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]

    assert "whsec" not in sealed
    assert unseal(sealed) == "whsec_ž"

    settings.FIELD_ENCRYPTION_KEYS = [OTHER]
    with pytest.raises(Unreadable):
        unseal(sealed)


def test_after_rotating_the_old_key_may_go(webhook: tuple[Webhook, str], settings: Any) -> None:
    row, secret = webhook
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    call_command("rotate_secrets")
    settings.FIELD_ENCRYPTION_KEYS = [NEW]

    row.refresh_from_db()
    assert unseal(row.secret) == secret
    assert AuditRecord.objects.filter(verb="secrets.rotated", subject="1").exists()


def test_a_secret_no_key_opens_stops_the_rotation_by_name(
    webhook: tuple[Webhook, str], settings: Any
) -> None:
    row, _secret = webhook
    settings.FIELD_ENCRYPTION_KEYS = [NEW]

    with pytest.raises(CommandError, match="FIELD_ENCRYPTION_KEYS"):
        call_command("rotate_secrets")

    sealed = row.secret
    row.refresh_from_db()
    assert row.secret == sealed


def test_every_column_of_secrets_is_found() -> None:
    assert (Webhook, "secret") in list(sealed_columns())
