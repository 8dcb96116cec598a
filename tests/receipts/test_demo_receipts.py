"""The receipts the demo's shops make are as good as real ones."""

import pytest

from marketplace.edocuments.pdf import look
from marketplace.edocuments.reading import read
from sellers.receipts.demo import make_receipt, receipt_name
from sellers.receipts.models import Receipt
from tests.receipts.telling import hand_in, make_peru, make_peruvian, outcomes, peruvian


@pytest.mark.django_db
@pytest.mark.parametrize(("tax_id", "number"), [("", "B001-7"), ("20131312955", "F001-7")])
def test_a_made_receipt_is_registered_on_its_order(tax_id: str, number: str) -> None:
    peru = make_peru()
    andes = make_peruvian(peru)
    order = peruvian(peru, "PE-1", total="99.99", customer={"name": "Ñandú & Cía", "tax_id": tax_id})

    xml, pdf = make_receipt(order, 7)
    name = receipt_name(order, 7)
    bundle = hand_in(andes, (f"{name}.xml", xml), (f"{name}.pdf", pdf))

    assert outcomes(bundle) == ["registered", "registered"]
    assert Receipt.objects.get().number == number
    assert f"Pedido: {order.number}" in look(pdf).text


@pytest.mark.django_db
def test_a_made_receipt_may_be_over_another_total_and_name_another_order() -> None:
    peru = make_peru()
    make_peruvian(peru)
    order = peruvian(peru, "PE-1")

    document = read(make_receipt(order, 1, total=50_00, reference="PE-9")[0])

    assert (document.payable, document.orders) == (50_00, ("PE-9",))
    assert read(make_receipt(order, 1, reference="")[0]).orders == ()
