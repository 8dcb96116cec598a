"""Invoices for deposits, to write in electronic form."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

from lxml import etree

from marketplace.kernel.money import split, vat_within
from settlement.billing.electronic.facts import ElectronicInvoice, Kind, Line, Party, Preceding

TAX_IDS = {
    "CZ": ("CZ25596641", "CZK", 21_00),
    "SK": ("SK2020317068", "EUR", 23_00),
    "PL": ("5260001246", "PLN", 23_00),
    "HU": ("12345676-2-41", "HUF", 27_00),
    "RO": ("RO14399840", "RON", 19_00),
    "HR": ("33392005961", "EUR", 25_00),
    "SI": ("50223054", "EUR", 22_00),
    "DE": ("DE136695976", "EUR", 19_00),
    "MX": ("EKU9003173C9", "MXN", 16_00),
}
"""A tax id, the currency and the usual rate of each market."""

ISSUED_AT = datetime(2026, 3, 29, 2, 30, tzinfo=timezone(timedelta(hours=2)))
UUID = "6F1C0C1E-9A7B-4A4A-8B8B-1234567890AB"


def party(country: str, name: str = "Ana & Beto s.r.o.") -> Party:
    """A company of a country."""
    mexican = {"regime": "601", "use": "G03"} if country == "MX" else {}
    return Party(
        name, TAX_IDS[country][0], country, "Dlouhá 1", "Praha", "06000", "ana@example.com", **mexican
    )


def invoice(
    country: str = "CZ", kind: Kind = Kind.INVOICE, *, deposits: Sequence[int] = (1210_00,), vat_bp: int = -1
) -> ElectronicInvoice:
    """An invoice for deposits of gross amounts, all of them paid; the VAT is taken out of their sum."""
    _, currency, usual = TAX_IDS[country]
    rate = usual if vat_bp < 0 else vat_bp
    keys = [f"{place:04d}" for place in range(len(deposits))]
    vat = vat_within(sum(deposits), rate)
    vats = split(vat, zip(keys, deposits, strict=True))
    lines = tuple(
        Line(place, f"Deposit D-2026-{place:06d}", gross - vats[key], vats[key], gross)
        for place, (key, gross) in enumerate(zip(keys, deposits, strict=True), 1)
    )
    earlier = Preceding(f"{country}-B-2026-000001", date(2026, 2, 28), UUID if country == "MX" else "")
    return ElectronicInvoice(
        reference=f"{country}-B-2026-000002",
        kind=kind,
        issued_at=ISSUED_AT,
        supplied_on=date(2026, 3, 27),
        currency=currency,
        supplier=party(country, "Marketplace a.s."),
        customer=party(country),
        lines=lines,
        vat_bp=rate,
        net=sum(deposits) - vat,
        vat=vat,
        gross=sum(deposits),
        paid=sum(deposits),
        preceding=() if kind == Kind.INVOICE else (earlier,),
        series=f"{country}B2026",
        folio="000002",
    )


def unpaid(told: ElectronicInvoice) -> ElectronicInvoice:
    """The same invoice, with all of it still to pay."""
    return replace(told, paid=0, terms="Set off against the next payout")


def said(xml: bytes, path: str) -> list[str]:
    """The texts at a path, whatever the namespaces: ``ExchangedDocument/ID``."""
    path = "/".join(f"{{*}}{name}" for name in path.split("/"))
    return [found.text or "" for found in etree.fromstring(xml).iterfind(f".//{path}")]
