"""Second factors' secrets are stored encrypted."""

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors' secrets are readable only with a key kept outside the database."""

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()


def _cipher() -> MultiFernet:
    """Encrypt with the first key, decrypt with any: how keys are rotated."""
    return MultiFernet([Fernet(key) for key in settings.FIELD_ENCRYPTION_KEYS])
