"""Lucía owns a Peruvian seller that mails its receipts."""

import pytest

from marketplace.parties.models import Market, Role, Seller
from marketplace.users.models import User
from tests.cast import make_member
from tests.mailroom.telling import LUCIA
from tests.receipts.telling import make_peru, make_peruvian


@pytest.fixture
def peru(db: None) -> Market:
    return make_peru()


@pytest.fixture
def andes(peru: Market) -> Seller:
    return make_peruvian(peru)


@pytest.fixture
def lucia(andes: Seller) -> User:
    return make_member(andes, LUCIA, Role.OWNER)
