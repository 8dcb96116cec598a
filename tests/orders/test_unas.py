"""UNAS's orders: XML from shops, taken in one by one."""

from datetime import datetime
from typing import Any

import pytest

from marketplace.orders.parsing.unas import values
from marketplace.orders.rules.facts import Refused
from tests.orders.unas import NOTE, SHIPPING, comment, item, read, tell, tenders_of


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


def test_the_hour_that_comes_twice_is_taken_as_the_first() -> None:
    assert read(tell(Date="2026.10.25 02:30:00")).placed_at.isoformat() == "2026-10-25T02:30:00+02:00"
    assert values.ZONE.key == "Europe/Budapest"
