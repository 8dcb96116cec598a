"""Mexico, where sellers pay in ahead; Tienda Sol and its owner Eva."""

import pytest

from marketplace.parties.models import Market, Role, Seller
from marketplace.users.models import User
from tests.billing.mexico import make_mexico, make_payer
from tests.cast import make_member


@pytest.fixture
def mexico(db: None) -> Market:
    return make_mexico()


@pytest.fixture
def sol(mexico: Market) -> Seller:
    return make_payer(mexico)


@pytest.fixture
def eva(sol: Seller) -> User:
    return make_member(sol, "eva@sol.example", Role.OWNER)
