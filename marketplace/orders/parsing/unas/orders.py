"""One UNAS order as facts."""

import re
from collections.abc import Mapping
from datetime import datetime

from marketplace.orders.parsing.unas.lines import read_lines
from marketplace.orders.parsing.unas.payment import read_tenders
from marketplace.orders.parsing.unas.tree import Element
from marketplace.orders.parsing.unas.values import instant_at, text_at
from marketplace.orders.rules.facts import CustomerFacts, OrderFacts, Refused

STATUSES: Mapping[str, str] = {
    "open_normal": "open",
    "close_ok": "delivered",
    "close_fault": "cancelled",
}
_NUMBER = re.compile(r"[A-Za-z0-9._/-]{1,32}")


def read_order(order: Element, *, seller: str, standard_vat_bp: int) -> OrderFacts:
    """Read one order; items that name no VAT, as delivery may, bear the market's standard rate.

    :raises Refused: naming what is missing, unknown or does not add up.
    """
    if order.tag != "Order":
        raise Refused(f"{str(order.tag)[:60]}: is no order")
    number = number_of(order)
    if not _NUMBER.fullmatch(number):
        raise Refused("Key: missing or no order number")
    currency = text_at(order, "Currency", 10)
    if not re.fullmatch(r"[A-Z]{3}", currency):
        raise Refused(f"Currency: {currency!r} is none")
    status, times = _status(order)
    placed_at = instant_at(order, "Date")
    if placed_at is None:
        raise Refused("Date: missing")
    lines = read_lines(order, standard_vat_bp)
    return OrderFacts(
        number=number,
        basket="",
        seller=seller,
        status=status,
        placed_at=placed_at,
        status_times=times,
        currency=currency,
        test=False,
        fulfilment="seller",
        channel="unas",
        customer=_customer(order),
        lines=lines,
        tenders=read_tenders(order, sum(line.gross for line in lines), currency),
    )


def number_of(order: Element) -> str:
    """The order's number as told, also where the order is refused."""
    return text_at(order, "Key", 40)


def _status(order: Element) -> tuple[str, dict[str, datetime]]:
    """The status and when it was reached; one that is added has none yet and is open."""
    told = text_at(order, "StatusType", 60)
    if not told and not text_at(order, "Status") and not text_at(order, "StatusID"):
        return "open", {}
    status = STATUSES.get(told)
    if status is None:
        raise Refused(f"StatusType: {told!r} is none we know" if told else "StatusType: missing")
    changed = instant_at(order, "DateMod")
    if status == "delivered" and changed is None:
        raise Refused("DateMod: missing; the delivery instant decides the period")
    return status, {status: changed} if changed and status != "open" else {}


def _customer(order: Element) -> CustomerFacts:
    """The customer at the address the parcel goes to, with the tax id of the address on the invoice."""
    customer = order.find("Customer")
    if customer is None:
        return CustomerFacts()
    billed, sent = (customer.find(f"Addresses/{name}") for name in ("Invoice", "Shipping"))
    to = sent if text_at(sent, "City") else billed
    tax_id = text_at(billed, "TaxNumber", 20)
    is_company = bool(tax_id) or text_at(billed, "CustomerType").lower() == "company"
    country = text_at(to, "CountryCode", 10).upper()
    return CustomerFacts(
        name=text_at(customer, "Contact/Name") or text_at(to, "Name"),
        email=text_at(customer, "Email"),
        phone=text_at(customer, "Contact/Phone", 40) or text_at(customer, "Contact/Mobile", 40),
        company=text_at(billed, "Name") if is_company else "",
        tax_id=tax_id,
        street=text_at(to, "Street"),
        city=text_at(to, "City", 100),
        zip=text_at(to, "ZIP", 15),
        country=country if re.fullmatch(r"[A-Z]{2}", country) else "",
    )
