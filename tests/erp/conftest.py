"""What tests of the ERP channels start from."""

from collections.abc import Iterator

import pytest

from tests.erp.emulator import Company, Emulator, run_emulator


@pytest.fixture(scope="session")
def _emulator() -> Iterator[Emulator]:
    with run_emulator() as emulator:
        yield emulator


@pytest.fixture
def alegra(_emulator: Emulator) -> Iterator[Emulator]:
    """Alegra's emulator: empty, healthy, and with its ordinary rate limit."""
    _emulator.reset()
    yield _emulator
    _emulator.close_clients()


@pytest.fixture
def andina(alegra: Emulator) -> Company:
    """A Colombian company with a full plan."""
    return alegra.company()
