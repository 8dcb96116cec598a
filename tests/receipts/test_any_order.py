"""However files are mixed, split over bundles and sent again, each order ends with its own receipt."""

from itertools import pairwise

from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from marketplace.kernel.books import run_checks
from marketplace.orders.models import Order
from marketplace.parties.models import Seller
from sellers.receipts.models import Receipt, ReceivedFile
from sellers.receipts.models.bundles import GOOD
from tests.receipts.telling import File, boleta, factura, hand_in, make_peru, make_peruvian, peruvian

DNIS = ("45288569", "45288570", "45288571")


def the_files() -> list[list[File]]:
    """Three receipts that name their orders, and three that only their buyers tell apart."""
    named = [factura(place, order=f"N-{place}") for place in (1, 2, 3)]
    return named + [boleta(place, buyer=("1", dni)) for place, dni in enumerate(DNIS, start=1)]


def a_seller() -> Seller:
    market = make_peru()
    seller = make_peruvian(market)
    for place, dni in enumerate(DNIS, start=1):
        peruvian(market, f"N-{place}")
        peruvian(market, f"B-{place}", customer={"name": "Ana", "id_type": "DNI", "id_number": dni})
    return seller


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
)
@given(
    mixed=st.permutations(range(6)),
    cuts=st.sets(st.integers(1, 5), max_size=3),
    again=st.sets(st.integers(0, 5)),
    flipped=st.booleans(),
)
def test_each_order_ends_with_its_own_receipt(
    db: None, mixed: list[int], cuts: set[int], again: set[int], flipped: bool
) -> None:
    point = transaction.savepoint()
    try:
        bounds = [0, *sorted(cuts), 6]
        bundles = [mixed[start:end] for start, end in pairwise(bounds)]
        play([*bundles, sorted(again)], flipped=flipped)
    finally:
        transaction.savepoint_rollback(point)


def play(bundles: list[list[int]], *, flipped: bool) -> None:
    seller, receipts = a_seller(), the_files()
    for some in bundles:
        files = [file for place in some for file in receipts[place]]
        hand_in(seller, *(reversed(files) if flipped else files))

    outcomes = list(ReceivedFile.objects.values_list("outcome", flat=True))
    assert set(outcomes) <= set(GOOD)
    assert outcomes.count("registered") == 12
    found = {each.order.number: each.number for each in Receipt.objects.select_related("order")}
    named, fitting = {f"N-{n}": f"F001-{n}" for n in (1, 2, 3)}, {f"B-{n}": f"B001-{n}" for n in (1, 2, 3)}
    assert found == named | fitting
    assert not Order.objects.filter(receipt_at=None).exists()
    assert run_checks() == []
