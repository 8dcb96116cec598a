"""Secrets at rest: sealed with keys that are not in the database, opened only where they are used.

``FIELD_ENCRYPTION_KEYS`` lists the keys: the first seals, all of them open, so that a key is changed by
putting a new one first and sealing again what the old ones sealed (``manage.py rotate_secrets``).
"""

from collections.abc import Iterator

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.apps import apps
from django.conf import settings
from django.db import models, transaction

CHUNK = 200


class Unreadable(Exception):
    """None of the keys there are opens this secret."""


class SealedField(models.TextField):  # type: ignore[type-arg]
    """A column of sealed secrets. What it holds stays sealed in memory too, until :func:`unseal`."""


def seal(text: str) -> str:
    """Seal a secret with the first key."""
    return _keys().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Open a sealed secret.

    :raises Unreadable: if no key opens it.
    """
    try:
        return _keys().decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise Unreadable("no key in FIELD_ENCRYPTION_KEYS opens this secret") from None


def rotate_all() -> int:
    """Seal every secret anew with the first key; how many.

    :raises Unreadable: if one opens with no key; those before it are done, and it may be run again.
    """
    return sum(_rotate(model, column) for model, column in sealed_columns())


def sealed_columns() -> Iterator[tuple[type[models.Model], str]]:
    """Every column that holds secrets, with its model."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, SealedField):
                yield model, field.name


def _rotate(model: type[models.Model], column: str) -> int:
    count, last = 0, 0
    while True:
        with transaction.atomic():
            rows = model._default_manager.select_for_update(no_key=True, of=("self",)).filter(pk__gt=last)
            chunk = list(rows.exclude(**{column: ""}).order_by("pk")[:CHUNK])
            for row in chunk:
                setattr(row, column, _sealed_anew(getattr(row, column)))
            model._default_manager.bulk_update(chunk, [column])
        if not chunk:
            return count
        count, last = count + len(chunk), chunk[-1].pk


def _sealed_anew(sealed: str) -> str:
    try:
        return _keys().rotate(sealed.encode()).decode()
    except InvalidToken:
        raise Unreadable("no key in FIELD_ENCRYPTION_KEYS opens this secret") from None


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(key.strip()) for key in settings.FIELD_ENCRYPTION_KEYS])
