"""What every test may lean on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django.utils import timezone, translation
from hypothesis import settings as hypothesis_settings
from pytest_django import Settings

from tests.plugins.databases import django_db_setup

pytest_plugins = ["tests.cast"]
__all__ = ["django_db_setup"]  # in the place of pytest-django's

hypothesis_settings.register_profile("saldo", deadline=None)  # a busy machine is not a failure
hypothesis_settings.load_profile("saldo")


@pytest.fixture(autouse=True)
def files_root(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test, and the processes it starts, a folder of its own for stored files."""
    root = tmp_path / "files"
    settings.FILES_ROOT = root
    monkeypatch.setenv("FILES_ROOT", str(root))
    return root


@pytest.fixture(autouse=True)
def _nothing_counted_yet() -> None:
    """Forget the rate limits and used codes of the test before."""
    cache.clear()


@pytest.fixture(autouse=True)
def _no_language_of_its_own() -> Iterator[None]:
    """Take back the language and the time zone that the test's requests left on the thread."""
    yield
    translation.deactivate()
    timezone.deactivate()
