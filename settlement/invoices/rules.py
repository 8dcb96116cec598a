"""Matching a seller's invoice with its document, and finding why they differ. Pure: no Django, no clock.

The causes are codes; ``settlement.invoices.wording`` has the words.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Part(StrEnum):
    """What of an invoice differs."""

    NET = "net"
    VAT = "vat"
    CURRENCY = "currency"
    REFERENCE = "reference"
    ISSUED_ON = "issued_on"
    SUPPLIER = "supplier"
    CUSTOMER = "customer"
    KIND = "kind"
    ORDER = "order"


class Cause(StrEnum):
    """Why it differs, as far as the numbers tell."""

    UNKNOWN = "unknown"
    ROUNDED_PER_LINE = "rounded_per_line"
    ORDER_MISSING = "order_missing"
    ORDER_TWICE = "order_twice"
    CUSTOMER_PRICE = "customer_price"
    GROSS_AS_NET = "gross_as_net"
    RATE_MISSING = "rate_missing"
    RATE_UNKNOWN = "rate_unknown"
    OTHER_CURRENCY = "other_currency"
    OTHER_REFERENCE = "other_reference"
    IN_THE_FUTURE = "in_the_future"
    BEFORE_ITS_PERIOD = "before_its_period"
    OTHER_SUPPLIER = "other_supplier"
    OTHER_CUSTOMER = "other_customer"
    WRONG_KIND = "wrong_kind"
    ORDER_DIFFERS = "order_differs"
    ORDER_UNKNOWN = "order_unknown"


@dataclass(frozen=True, slots=True)
class Sums:
    """Amounts at one VAT rate in minor units; the customers' total is known of documents only."""

    net: int
    vat: int
    customer_gross: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """An invoice as its seller tells it, or as its file was read: only a file tells who invoices whom, and
    perhaps the net of each order.
    """

    number: str
    issued_on: date
    currency: str
    reference: str
    rates: Mapping[int, Sums]
    supplier: str | None = None
    customer: str | None = None
    is_credit: bool | None = None
    orders: Mapping[str, int] | None = None
    strangers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Expected:
    """What the invoice of a document must say; ``orders`` are the nets per order and rate, ``lines`` per
    order.
    """

    reference: str
    currency: str
    begun_on: date
    rates: Mapping[int, Sums]
    orders: Mapping[int, tuple[tuple[str, int], ...]]
    supplier: str = ""
    customer: str = ""
    is_credit: bool = False
    lines: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Variance:
    """One difference: the part, the rate it is at, what is told and what is expected, and its cause."""

    part: Part
    told: str | int
    expected: str | int
    cause: Cause = Cause.UNKNOWN
    vat_bp: int | None = None
    order: str = ""


def compare(told: Told, expected: Expected, *, today: date) -> tuple[Variance, ...]:
    """All differences between an invoice and its document; none: the invoice is right."""
    return (
        *_heads(told, expected, today),
        *_parties(told, expected),
        *_rates(told, expected),
        *_lines(told, expected),
    )


def _heads(told: Told, expected: Expected, today: date) -> Iterable[Variance]:
    if told.reference.strip().upper() != expected.reference:
        yield Variance(Part.REFERENCE, told.reference, expected.reference, Cause.OTHER_REFERENCE)
    if told.currency != expected.currency:
        yield Variance(Part.CURRENCY, told.currency, expected.currency, Cause.OTHER_CURRENCY)
    if told.issued_on > today:
        yield Variance(Part.ISSUED_ON, told.issued_on.isoformat(), today.isoformat(), Cause.IN_THE_FUTURE)
    if told.issued_on < expected.begun_on:
        yield Variance(
            Part.ISSUED_ON,
            told.issued_on.isoformat(),
            expected.begun_on.isoformat(),
            Cause.BEFORE_ITS_PERIOD,
        )


def _parties(told: Told, expected: Expected) -> Iterable[Variance]:
    """Who invoices whom, and whether it is an invoice or a credit note, where the file says so."""
    for part, said, wanted, cause in (
        (Part.SUPPLIER, told.supplier, expected.supplier, Cause.OTHER_SUPPLIER),
        (Part.CUSTOMER, told.customer, expected.customer, Cause.OTHER_CUSTOMER),
    ):
        if said is not None and not same_tax_id(said, wanted):
            yield Variance(part, said, wanted, cause)
    if told.is_credit is not None and told.is_credit != expected.is_credit:
        names = {True: "credit note", False: "invoice"}
        yield Variance(Part.KIND, names[told.is_credit], names[expected.is_credit], Cause.WRONG_KIND)


def _lines(told: Told, expected: Expected) -> Iterable[Variance]:
    """Orders whose net differs, are missing, or are not the document's, where the lines name them."""
    for number in told.strangers:
        if number not in (told.orders or ()):
            yield Variance(Part.ORDER, number, "", Cause.ORDER_UNKNOWN, None, number)
    if told.orders is None or not expected.lines:
        return
    for number in sorted({*told.orders, *expected.lines}):
        said, wanted = told.orders.get(number), expected.lines.get(number)
        if said is None and wanted:
            yield Variance(Part.ORDER, 0, wanted, Cause.ORDER_MISSING, None, number)
        elif wanted is None and said:
            yield Variance(Part.ORDER, said, 0, Cause.ORDER_UNKNOWN, None, number)
        elif said is not None and wanted is not None and said != wanted:
            yield Variance(Part.ORDER, said, wanted, Cause.ORDER_DIFFERS, None, number)


def _rates(told: Told, expected: Expected) -> Iterable[Variance]:
    for vat_bp in sorted({*told.rates, *expected.rates}):
        ours, theirs = expected.rates.get(vat_bp, Sums(0, 0)), told.rates.get(vat_bp, Sums(0, 0))
        if theirs.net != ours.net:
            cause, order = _cause_of_net(vat_bp, theirs, expected)
            yield Variance(Part.NET, theirs.net, ours.net, cause, vat_bp, order)
        if theirs.vat != ours.vat:
            yield Variance(Part.VAT, theirs.vat, ours.vat, _cause_of_vat(vat_bp, theirs, expected), vat_bp)


def _cause_of_net(vat_bp: int, theirs: Sums, expected: Expected) -> tuple[Cause, str]:
    ours = expected.rates.get(vat_bp)
    if ours is None:
        return Cause.RATE_UNKNOWN, ""
    if theirs.net == 0:
        return Cause.RATE_MISSING, ""
    if theirs.net == ours.net + ours.vat:
        return Cause.GROSS_AS_NET, ""
    if theirs.net + theirs.vat == ours.customer_gross:
        return Cause.CUSTOMER_PRICE, ""
    return _by_order(theirs.net - ours.net, expected.orders.get(vat_bp, ()))


def _by_order(difference: int, orders: Iterable[tuple[str, int]]) -> tuple[Cause, str]:
    """An order whose own amount is the difference is named, if it is the only one."""
    missing = [number for number, net in orders if net == -difference]
    twice = [number for number, net in orders if net == difference]
    if len(missing) == 1:
        return Cause.ORDER_MISSING, missing[0]
    if len(twice) == 1:
        return Cause.ORDER_TWICE, twice[0]
    return Cause.UNKNOWN, ""


def _cause_of_vat(vat_bp: int, theirs: Sums, expected: Expected) -> Cause:
    ours = expected.rates.get(vat_bp)
    if ours is None:
        return Cause.RATE_UNKNOWN
    # Rounding line by line strays by at most half a minor unit a line; an order has a few lines.
    reach = 5 * len(expected.orders.get(vat_bp, ()))
    if theirs.net == ours.net and abs(theirs.vat - ours.vat) <= max(reach, 1):
        return Cause.ROUNDED_PER_LINE
    return Cause.UNKNOWN


def same_tax_id(one: str, other: str) -> bool:
    """Whether two tax ids are the same, with or without their country's letters."""
    plain = [_bare(each) for each in (one, other)]
    lands = [re.match(r"[a-z]{2}(?=[0-9])", each) for each in plain]
    if all(lands) or not any(lands):
        return plain[0] != "" and plain[0] == plain[1]
    return plain[0][2 if lands[0] else 0 :] == plain[1][2 if lands[1] else 0 :]


def stands_in(wanted: str, texts: Iterable[str]) -> bool:
    """Whether a reference stands by itself in one of some texts, with or without blanks in it."""
    signs = r"\s*".join(re.escape(sign) for sign in wanted)
    pattern = re.compile(rf"(?<![0-9A-Z-]){signs}(?![0-9A-Z]|-[0-9A-Z])", re.IGNORECASE)
    return any(pattern.search(text) for text in texts)


def look_for(wanted: Mapping[str, str], text: str | None) -> dict[str, bool | None]:
    """Whether each wanted text stands in a file's text; None where the file has no text to look in.

    Blanks and signs are passed over, since papers group digits and break lines as they like.
    """
    if text is None:
        return dict.fromkeys(wanted)
    bare = _bare(text)
    return {name: _bare(value) in bare if _bare(value) else None for name, value in wanted.items()}


def _bare(text: str) -> str:
    return re.sub(r"[^0-9a-z]", "", text.casefold())
