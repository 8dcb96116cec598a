"""Each promise about receipts is shown to notice when it is broken."""

import pytest

from marketplace.kernel.books import CHECKS, run_checks
from marketplace.parties.models import Market
from tests.cast import make_seller
from tests.ledger.test_ledger import plant
from tests.receipts.telling import factura, hand_in, make_peru, make_peruvian, peruvian

PLANTED = {
    "receipts: an order knows of its receipt, and of none that there is not": (
        "UPDATE orders_order SET receipt_at = NULL WHERE number = 'PE-100017'"
    ),
    "receipts: each belongs to the seller of its order, its return and its original": (
        "UPDATE receipts_receipt SET seller_id = (SELECT id FROM parties_seller "
        "WHERE partner_number = '5002')"
    ),
    "receipts: a receipt is over its order's total, within what the market tolerates": (
        "UPDATE receipts_receipt SET total = total + 1"
    ),
    "receipts: what a file brought was registered for its seller": (
        "UPDATE receipts_receivedfile SET seller_id = NULL"
    ),
    "receipts: files that were handed in have their outcome within a quarter of an hour": (
        "UPDATE receipts_bundle SET state = 'reading', done_at = NULL"
    ),
}


@pytest.fixture
def registered(db: None) -> Market:
    peru = make_peru()
    andes = make_peruvian(peru)
    make_seller(peru, "5002", "Rival")
    peruvian(peru, "PE-100017")
    peruvian(peru, "PE-2")
    hand_in(andes, *factura())
    assert run_checks() == []
    return peru


@pytest.mark.parametrize("check", PLANTED)
def test_what_breaks_a_promise_is_named(registered: Market, check: str) -> None:
    plant(PLANTED[check])

    assert check in {broken.check for broken in run_checks()}


def test_an_order_that_knows_of_a_receipt_there_is_not_is_named(registered: Market) -> None:
    plant("UPDATE orders_order SET receipt_at = placed_at WHERE number = 'PE-2'")

    (broken,) = run_checks()
    assert broken.rows == ["order PE-2 knows of a receipt there is not"]


def test_every_promise_about_receipts_is_planted() -> None:
    assert {name for name in CHECKS if name.startswith("receipts:")} == set(PLANTED)
