"""Files of UNAS's orders: taken apart, taken in, and never a reason to fail."""

import io
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from marketplace.orders.models import Order, Tender
from marketplace.orders.operations.intake import Outcome, take_orders
from marketplace.orders.parsing import unas
from marketplace.orders.rules.facts import Refused
from marketplace.parties.models import Market, Seller
from tests.cast import BEFORE
from tests.orders.unas import NOTE, comment, read, split, tell, xml
from tests.samples import SAMPLES, needs_samples


def test_many_orders_come_one_by_one_each_with_its_place() -> None:
    document = "<Orders>" + "".join(tell(Key=f"UN-{place}") for place in range(1, 400)) + "</Orders>"

    found = split(document)

    assert [(place, unas.number_of(order)) for place, order in found] == [
        (place, f"UN-{place}") for place in range(1, 400)
    ]


def test_a_lone_order_is_a_file_too() -> None:
    assert [unas.number_of(order) for _, order in split('<?xml version="1.0"?>' + tell())] == ["UN-1001"]


@pytest.mark.parametrize(
    ("document", "place", "reason"),
    [
        ('<!DOCTYPE x [<!ENTITY a "b">]><Orders>&a;</Orders>', 1, "the file has a DOCTYPE"),
        ('<!DOCTYPE x SYSTEM "http://shop.example/x.dtd"><Orders/>', 1, "the file has a DOCTYPE"),
        ("<Error>Invalid Sku</Error>", 1, "the file is no list of orders but an error: Invalid Sku"),
        ("<Products><Product/></Products>", 1, "Products: is no list of UNAS orders"),
        ("", 1, "not well-formed XML"),
        ("{}", 1, "not well-formed XML"),
        ("<Orders>" + tell() + "<Order><Key>2</Order></Orders>", 2, "not well-formed XML"),
        ("<Orders>" + tell() + "<Order><Key>2</Key>", 2, "not well-formed XML"),
        ("<Orders>" + tell() + "</Orders><Orders/>", 2, "not well-formed XML"),
        ("<Orders>&unknown;</Orders>", 1, "not well-formed XML"),
        ("<Orders><Order>" + "<a>" * 20 + "</a>" * 20 + "</Order></Orders>", 1, "larger or deeper"),
        ("<Orders><Order>" + "<a/>" * 20_000 + "</Order></Orders>", 1, "larger or deeper"),
        ("<Orders><Order>" + "a" * (2 * 1024 * 1024 + 1) + "</Order></Orders>", 1, "larger or deeper"),
        ("<a>" * 100_000, 1, "a: is no list of UNAS orders"),
        ("<Orders>" + "<a>" * 100_000, 1, "not well-formed XML"),
    ],
)
def test_a_file_that_is_no_list_of_orders_says_why(document: str, place: int, reason: str) -> None:
    *_, (last, refusal) = split(document)

    assert isinstance(refusal, Refused)
    assert (last, str(refusal)[: len(reason)]) == (place, reason)


def test_a_monstrous_order_does_not_stop_the_ones_beside_it() -> None:
    monster = "<Order><Key>UN-2</Key>" + "<a/>" * 30_000 + "</Order>"

    found = split(f"<Orders>{tell()}{monster}{tell(Key='UN-3')}</Orders>")

    assert [isinstance(order, Refused) for _, order in found] == [False, True, False]


@given(
    st.recursive(
        st.text(),
        lambda inner: st.dictionaries(
            st.sampled_from(
                [
                    "Order",
                    "Key",
                    "Items",
                    "Item",
                    "Payment",
                    "Paid",
                    "Comments",
                    "Comment",
                    "Text",
                    "Date",
                    "Customer",
                ]
            ),
            inner,
        ),
    )
)
def test_nothing_a_shop_may_send_makes_it_fail(value: Any) -> None:
    document = f"<Orders>{xml(value)}</Orders>".encode("utf-8", "xmlcharrefreplace")
    for _, order in split(document):
        if not isinstance(order, Refused):
            with pytest.raises(Refused):
                unas.read_order(order, seller="4711", standard_vat_bp=2700)


Run = Callable[..., tuple[dict[str, Any], int]]


@pytest.fixture
def import_file(budapest: Market, tmp_path: Path) -> Run:
    def run(document: str, *options: str) -> tuple[dict[str, Any], int]:
        file, out, code = tmp_path / "orders.xml", io.StringIO(), 0
        file.write_text(document)
        try:
            call_command(
                "import_orders", str(file), "--market", "HU", "--format", "unas", *options, stdout=out
            )
        except SystemExit as stop:
            code = int(stop.code or 0)
        return json.loads(out.getvalue()), code

    return run


def test_a_file_is_taken_in_and_refused_orders_are_named_by_their_place(
    import_file: Run, reef: Seller
) -> None:
    bad = tell(Key="UN-2", SumPriceGross=1)
    document = f"<Orders>{tell()}{bad}{tell(Key='UN-3', Comments=comment(NOTE))}</Orders>"

    answer, code = import_file(document, "--seller", "4711", "--json")

    assert (answer["taken"], code) == (2, 1)
    assert answer["refused"] == [
        {
            "line": 2,
            "number": "UN-2",
            "reason": "SumPriceGross: 1.00, but the items add to 12700.00",
        }
    ]
    assert Order.objects.get(number="UN-3").to_pay == 8010_00


def test_an_order_names_no_seller_so_the_caller_does(import_file: Run, reef: Seller) -> None:
    with pytest.raises(CommandError, match="UNAS's orders name no seller"):
        import_file("<Orders/>")


def test_the_same_order_again_changes_nothing_and_a_closed_one_is_delivered(
    budapest: Market, reef: Seller
) -> None:
    def take(document: str) -> Outcome:
        return take_orders(market=budapest, told=[read(document)], at=BEFORE)[0].outcome

    payment = {"Type": "cod", "Paid": 4690, "Pending": 8010}
    closed = tell(Payment=payment, StatusType="close_ok")

    outcomes = [take(tell(Payment=payment)), take(tell(Payment=payment)), take(closed), take(closed)]

    assert outcomes == [Outcome.TAKEN, Outcome.UNCHANGED, Outcome.MOVED, Outcome.UNCHANGED]
    order = Order.objects.get()
    assert (order.state, order.voucher_amount, order.to_collect) == ("delivered", 4690_00, 8010_00)
    assert Tender.objects.get(method="voucher").voucher is None


@needs_samples
@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("unas_getOrder_UN-1001.xml", "UN-1001: 1270000"),
        ("unas_setOrder_add.xml", "Key: missing"),
        ("unas_error.xml", "the file is no list of orders but an error: Invalid Sku"),
        ("unas_setStock_ok.xml", "Products: is no list"),
    ],
)
def test_real_documents_are_read_or_refused_by_name(name: str, outcome: str) -> None:
    ((_, found),) = split((SAMPLES / "marketplace" / name).read_bytes())
    try:
        if isinstance(found, Refused):
            raise found
        order = unas.read_order(found, seller="4711", standard_vat_bp=2700)
        told = f"{order.number}: {order.total}"
    except Refused as refusal:
        told = str(refusal)

    assert told.startswith(outcome)


@needs_samples
def test_an_order_pushed_into_a_shop_lacks_but_the_key_the_shop_gives_it() -> None:
    pushed = (SAMPLES / "marketplace" / "unas_setOrder_add.xml").read_text()

    ((_, found),) = split(pushed.replace("<Action>add</Action>", "<Key>UN-7</Key>"))
    order = unas.read_order(found, seller="4711", standard_vat_bp=2700)

    assert (order.total, order.status, order.customer.city) == (127_00, "open", "Város")
    assert [(each.method, each.amount) for each in order.tenders] == [("card", 127_00)]
    assert order.tenders[0].paid_at == datetime.fromisoformat("2024-01-15T10:00:00+01:00")
