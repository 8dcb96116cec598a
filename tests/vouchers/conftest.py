"""Hungary, and a voucher of it."""

import pytest

from marketplace.parties.models import Market
from marketplace.vouchers.models import Voucher
from tests.stories.hungary import give_voucher, make_hungary


@pytest.fixture
def hungary(db: None) -> Market:
    return make_hungary()


@pytest.fixture
def voucher(hungary: Market) -> Voucher:
    return give_voucher(hungary, "SPRING-47K2", "5000.00")
