"""UNAS's orders: XML from shops, taken in one by one."""

import io
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from marketplace.orders.models import Order, Tender
from marketplace.orders.operations.intake import Outcome, take_orders
from marketplace.orders.parsing import unas
from marketplace.orders.parsing.unas import values
from marketplace.orders.rules.facts import OrderFacts, Refused
from marketplace.parties.models import Market, Seller
from tests.cast import BEFORE

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples" / "marketplace"
NOTE = "Pepita id: 3647119 – Attention! Order partially paid by voucher. Voucher value: 4690 HUF"
SHIPPING = {"Id": "shipping-cost", "Name": "Szállítás", "Quantity": 1, "PriceGross": 1270}


def item(price: Any = 12700, **facts: Any) -> dict[str, Any]:
    """A product of one piece, unless told otherwise."""
    told = {"Id": 1, "Sku": "pump_1", "Name": "Reef Pump", "Unit": "db", "Quantity": 1}
    return told | {"PriceGross": price, "Vat": "27%"} | facts


def tell(items: list[dict[str, Any]] | None = None, total: Any = 12700, **facts: Any) -> str:
    """An order of 12,700 HUF by transfer, not yet paid."""
    told: dict[str, Any] = {
        "Key": "UN-1001",
        "Date": "2026.10.02 14:05:00",
        "DateMod": "2026.10.05 09:00:00",
        "Status": "Feldolgozás alatt",
        "StatusType": "open_normal",
        "Customer": {"Email": "vevo@example.com", "Contact": {"Name": "Kovács Anna", "Phone": "+3610000000"}},
        "Currency": "HUF",
        "SumPriceGross": total,
        "Payment": {"Name": "Átutalás", "Type": "transfer"},
        "Items": {"Item": items or [item()]},
    }
    return xml({"Order": told | facts})


def xml(value: Any) -> str:
    """Nested values as elements; a list repeats its element, None leaves it out."""
    if not isinstance(value, dict):
        return escape(str(value))
    text = ""
    for name, each in value.items():
        for one in each if isinstance(each, list) else [each]:
            text += "" if one is None else f"<{name}>{xml(one)}</{name}>"
    return text


def comment(text: str, kind: str = "admin") -> dict[str, Any]:
    return {"Comment": {"Type": kind, "Text": text}}


def split(document: str | bytes) -> list[tuple[int, Any]]:
    content = document.encode() if isinstance(document, str) else document
    return list(unas.split_orders(io.BytesIO(content)))


def read(document: str) -> OrderFacts:
    ((_, order),) = split(f"<Orders>{document}</Orders>")
    if isinstance(order, Refused):
        raise order
    return unas.read_order(order, seller="4711", standard_vat_bp=2700)


def tenders_of(order: OrderFacts) -> list[tuple[str, int]]:
    return [(tender.method, tender.amount) for tender in order.tenders]


def test_an_order_is_read_with_its_items_customer_and_time() -> None:
    address = {
        "Name": "Reef Kft.",
        "ZIP": "1111",
        "City": "Budapest",
        "Street": "Fő utca 1.",
        "CountryCode": "hu",
    }
    customer = {
        "Email": "vevo@example.com",
        "Contact": {"Name": "Kovács  Anna", "Phone": "+3610000000"},
        "Addresses": {"Invoice": address | {"TaxNumber": "12345678-2-42"}, "Shipping": {"Name": ""}},
    }

    order = read(tell([item(6350, Quantity=2), SHIPPING], 13970, Customer=customer))

    assert (order.number, order.seller, order.status, order.currency) == ("UN-1001", "4711", "open", "HUF")
    assert order.placed_at.isoformat() == "2026-10-02T14:05:00+02:00"
    assert [(line.kind, line.sku, line.quantity, line.gross, line.vat_bp) for line in order.lines] == [
        ("goods", "pump_1", 2, 12700_00, 2700),
        ("shipping", "", 1, 1270_00, 2700),
    ]
    assert (order.customer.name, order.customer.company) == ("Kovács Anna", "Reef Kft.")
    assert (order.customer.city, order.customer.country) == ("Budapest", "HU")
    assert tenders_of(order) == [("transfer", 13970_00)]


@pytest.mark.parametrize(
    ("facts", "status", "times"),
    [
        ({"StatusType": "open_normal"}, "open", {}),
        ({"StatusType": "close_ok"}, "delivered", {"delivered": "2026-10-05T09:00:00+02:00"}),
        ({"StatusType": "close_fault"}, "cancelled", {"cancelled": "2026-10-05T09:00:00+02:00"}),
        ({"Status": None, "StatusType": None}, "open", {}),
    ],
)
def test_a_status_is_one_of_ours(facts: dict[str, Any], status: str, times: dict[str, str]) -> None:
    order = read(tell(**facts))

    assert order.status == status
    assert {name: at.isoformat() for name, at in order.status_times.items()} == times


@pytest.mark.parametrize(
    ("told", "method"), [("cod", "cod"), ("transfer", "transfer"), ("card", "card"), ("BankCard", "card")]
)
def test_the_way_of_payment_is_one_of_ours(told: str, method: str) -> None:
    assert tenders_of(read(tell(Payment={"Type": told}))) == [(method, 12700_00)]


@pytest.mark.parametrize(
    ("payment", "paid_at"),
    [
        ({"Type": "card", "Status": "paid"}, "2026-10-05T09:00:00+02:00"),
        ({"Type": "transfer", "Paid": 12700, "Pending": 0}, "2026-10-05T09:00:00+02:00"),
        (
            {
                "Type": "card",
                "Status": "paid",
                "Transactions": {"Transaction": {"Status": "finish", "Date": "2026.10.02 14:06:00"}},
            },
            "2026-10-02T14:06:00+02:00",
        ),
        ({"Type": "card", "Status": "unpaid"}, None),
        ({"Type": "cod", "Status": "paid"}, None),
        ({"Type": "card"}, None),
    ],
)
def test_what_was_paid_says_when(payment: dict[str, Any], paid_at: str | None) -> None:
    (tender,) = read(tell(Payment=payment)).tenders

    assert tender.paid_at == (datetime.fromisoformat(paid_at) if paid_at else None)


@pytest.mark.parametrize(
    "facts",
    [
        {"Payment": {"Type": "transfer", "Paid": 4690, "Pending": 8010}},
        {"Payment": {"Type": "transfer", "Paid": "4690.00"}},
        {"Payment": {"Type": "transfer", "Pending": 8010}},
        {"Comments": comment(NOTE)},
        {"Payment": {"Type": "transfer", "Paid": 0, "Pending": 12700}, "Comments": comment(NOTE)},
        {"Payment": {"Type": "transfer", "Paid": 12700, "Pending": 0}, "Comments": comment(NOTE)},
        {"Payment": {"Type": "transfer", "Paid": 4690}, "Comments": comment(NOTE, "customer")},
    ],
)
def test_a_part_paid_by_a_voucher_from_elsewhere_is_a_tender_of_its_own(facts: dict[str, Any]) -> None:
    order = read(tell(**facts))

    assert tenders_of(order) == [("voucher", 4690_00), ("transfer", 8010_00)]
    assert order.tenders[0].voucher == ""


def test_a_voucher_as_large_as_the_order_leaves_nothing_to_pay() -> None:
    whole = "Pepita id: 1 – Order paid by voucher. Voucher value: 12 700 Ft"

    assert tenders_of(read(tell(Comments=comment(whole)))) == [("voucher", 12700_00)]
    assert tenders_of(read(tell(Payment={"Type": "card", "Paid": 12700}, Comments=comment(whole)))) == [
        ("voucher", 12700_00)
    ]


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (
            {"Comments": comment(NOTE.replace("4690", "15 000"))},
            "voucher: 15000.00 HUF is more than the order's 12700.00 HUF; a person must decide",
        ),
        (
            {"Payment": {"Type": "transfer", "Paid": 15000}},
            "voucher: 15000.00 HUF is more than the order's 12700.00 HUF; a person must decide",
        ),
        (
            {"Payment": {"Type": "transfer", "Paid": 5000}, "Comments": comment(NOTE)},
            "Payment.Paid: 5000.00, but a comment says that a voucher paid 4690.00",
        ),
        (
            {"Comments": comment(NOTE, "customer")},
            "Comments: a customer's comment says that a voucher paid 4690.00, the payment does not",
        ),
        (
            {"Comments": comment(NOTE.replace("HUF", "lei"))},
            "Comments: the voucher is in RON, the order in HUF",
        ),
        (
            {"Comments": comment(NOTE.replace("Attention! Order partially", "Order"))},
            "Comments: a voucher of 4690.00 is said to have paid all, but the order comes to 12700.00",
        ),
        (
            {
                "Comments": {
                    "Comment": [comment(NOTE)["Comment"], comment(NOTE.replace("46", "47"))["Comment"]]
                }
            },
            "Comments: they name several values",
        ),
        (
            {"Payment": {"Type": "transfer", "Paid": 4690, "Pending": 12700}},
            "Payment: Paid 4690.00 and Pending",
        ),
        ({"Payment": {"Type": "transfer", "Paid": -1}}, "Payment.Paid: -1 is negative"),
        ({"Payment": {"Type": "barter"}}, "Payment.Type: 'barter' is no way of payment we know"),
        ({"Payment": None}, "Payment.Type: missing"),
        ({"StatusType": "close_maybe"}, "StatusType: 'close_maybe' is none we know"),
        ({"StatusType": None}, "StatusType: missing"),
        ({"StatusType": "close_ok", "DateMod": None}, "DateMod: missing; the delivery instant decides"),
        ({"Date": "2026-10-02"}, "Date: '2026-10-02' is no time such as"),
        ({"Date": "2026.02.30 10:00:00"}, "Date: '2026.02.30 10:00:00' is no time such as"),
        ({"Date": None}, "Date: missing"),
        ({"Key": None}, "Key: missing or no order number"),
        ({"Key": "no number"}, "Key: missing or no order number"),
        ({"Currency": "forint"}, "Currency: 'forint' is none"),
        ({"SumPriceGross": 12700.03}, "SumPriceGross: 12700.03, but the items add to 12700.00"),
        ({"SumPriceGross": None}, "SumPriceGross: missing"),
        ({"SumPriceGross": "1e4"}, "SumPriceGross: '1e4' is no number such as"),
        ({"Items": None}, "Items: missing; this is no whole order"),
        ({"Items": {"Item": item(Vat=None)}}, "Items.1.Vat: missing"),
        ({"Items": {"Item": item(Vat="lots")}}, "Items.1.Vat: 'lots' is no rate such as 27%"),
        ({"Items": {"Item": item(Quantity=0)}}, "Items.1.Quantity: 0 is no count"),
        ({"Items": {"Item": item(PriceGross=None)}}, "Items.1: PriceGross or Quantity is missing"),
        ({"Items": {"Item": item(-12700)}}, "Items.1.PriceGross: is negative"),
        ({"Items": {"Item": item(Id="handling", Sku=None)}}, "Items.1.Id: 'handling' is neither"),
    ],
)
def test_what_contradicts_itself_or_is_unknown_is_refused_by_name(facts: dict[str, Any], reason: str) -> None:
    with pytest.raises(Refused) as refusal:
        read(tell(**facts))

    assert str(refusal.value).startswith(reason)


def test_discounts_and_gifts_need_no_sku_and_no_rate() -> None:
    discount = {"Id": "discount-percent", "Name": "10%", "Quantity": 1, "PriceGross": -1270}
    surcharge = {"Id": "discount-amount", "Name": "Utánvét", "Quantity": 1, "PriceGross": "635.00"}
    gift = {"Id": "gift", "Name": "Ajándék", "Quantity": 1, "PriceGross": 0}
    free = SHIPPING | {"PriceGross": 0}

    order = read(tell([item(), discount, surcharge, gift, free], 12065))

    assert [(line.kind, line.gross, line.vat_bp) for line in order.lines] == [
        ("goods", 12700_00, 2700),
        ("discount", -1270_00, None),
        ("shipping", 635_00, 2700),
        ("goods", 0, 2700),
    ]
    assert order.total == 12065_00


def test_a_price_finer_than_money_keeps_pieces_and_worth() -> None:
    order = read(tell([item("33.3333", Quantity=3)], "100"))

    assert [(line.quantity, line.unit_price) for line in order.lines] == [(2, 33_33), (1, 33_34)]
    assert order.total == 100_00


def test_a_broken_quantity_is_named_in_the_line() -> None:
    order = read(tell([item("1000.00", Quantity="2.5", Unit="m")], 2500))

    assert [(line.name, line.quantity, line.unit_price) for line in order.lines] == [
        ("2.5 m × Reef Pump", 1, 2500_00)
    ]


@pytest.mark.parametrize(("total", "kind"), [("12700.02", "shipping"), ("12699.98", "discount")])
def test_a_difference_of_cents_is_a_line_that_bears_no_commission(total: str, kind: str) -> None:
    order = read(tell(total=total))

    *_, rounding = order.lines
    assert (rounding.kind, rounding.name, abs(rounding.gross)) == (kind, "Rounding", 2)
    assert rounding.commission_bp == 0
    assert tenders_of(order) == [("transfer", int(total.replace(".", "")))]


@given(
    st.lists(st.tuples(st.integers(1, 10**9), st.integers(1, 999)), min_size=1, max_size=8),
    st.integers(-200, 200),
)
def test_whatever_the_prices_the_lines_add_to_the_sum(goods: list[tuple[int, int]], difference: int) -> None:
    total = sum(price * quantity for price, quantity in goods) + difference
    if total < 0:
        return
    items = [
        item(decimal4(price), Quantity=quantity, Id=place) for place, (price, quantity) in enumerate(goods)
    ]

    order = read(tell(items, decimal4(total)))

    assert abs(order.total * 100 - total) <= 50
    assert sum(tender.amount for tender in order.tenders) == order.total
    assert [sum(line.quantity for line in order.lines if line.kind == "goods")] == [
        sum(quantity for _, quantity in goods)
    ]


def decimal4(tenthousandths: int) -> str:
    return f"{tenthousandths // 10_000}.{tenthousandths % 10_000:04d}"


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


def test_the_hour_that_comes_twice_is_taken_as_the_first() -> None:
    assert read(tell(Date="2026.10.25 02:30:00")).placed_at.isoformat() == "2026-10-25T02:30:00+02:00"
    assert values.ZONE.key == "Europe/Budapest"


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


@pytest.mark.skipif(not SAMPLES.exists(), reason="the samples of real documents are not beside this checkout")
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
    ((_, found),) = split((SAMPLES / name).read_bytes())
    try:
        if isinstance(found, Refused):
            raise found
        order = unas.read_order(found, seller="4711", standard_vat_bp=2700)
        told = f"{order.number}: {order.total}"
    except Refused as refusal:
        told = str(refusal)

    assert told.startswith(outcome)


@pytest.mark.skipif(not SAMPLES.exists(), reason="the samples of real documents are not beside this checkout")
def test_an_order_pushed_into_a_shop_lacks_but_the_key_the_shop_gives_it() -> None:
    pushed = (SAMPLES / "unas_setOrder_add.xml").read_text()

    ((_, found),) = split(pushed.replace("<Action>add</Action>", "<Key>UN-7</Key>"))
    order = unas.read_order(found, seller="4711", standard_vat_bp=2700)

    assert (order.total, order.status, order.customer.city) == (127_00, "open", "Város")
    assert [(each.method, each.amount) for each in order.tenders] == [("card", 127_00)]
    assert order.tenders[0].paid_at == datetime.fromisoformat("2024-01-15T10:00:00+01:00")
