"""Budapest: a market in forints where sellers sell by agency, as seller 4711 does."""

import pytest

from marketplace.parties.models import BusinessModel, Market, Seller
from tests.cast import make_market, make_seller


@pytest.fixture
def budapest(db: None) -> Market:
    return make_market(
        "HU",
        currency="HUF",
        zone="Europe/Budapest",
        language="hu",
        standard_vat_bp=2700,
        practical_unit=100,
        entity_tax_id="12892312",
    )


@pytest.fixture
def reef(budapest: Market) -> Seller:
    return make_seller(budapest, "4711", "Reef Kft.", model=BusinessModel.AGENCY, commission_bp=1200)
