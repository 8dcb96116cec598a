"""What tests of the ERP channels start from."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from marketplace.parties.models import Market, Seller
from sellers.erp.models import Channel
from tests.erp.colombia import SKUS, connect, make_colombia, make_condor
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


@pytest.fixture
def colombia(db: None) -> Market:
    return make_colombia()


@pytest.fixture
def condor(colombia: Market) -> Seller:
    return make_condor(colombia)


@pytest.fixture
def company(alegra: Emulator, settings: Settings) -> Company:
    settings.ALEGRA_URL, settings.ERP_QUIET_SECONDS = alegra.url, 0
    return alegra.company("colombia", skus=SKUS)


@pytest.fixture
def channel(condor: Seller, company: Company) -> Channel:
    return connect(condor, company)
