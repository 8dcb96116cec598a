"""A billing invoice in its market's electronic form, checked before it is kept."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from settlement.billing.electronic.cfdi import write_cfdi
from settlement.billing.electronic.checking import bundled_rules, check_rules, check_xsd
from settlement.billing.electronic.cii import write_cii
from settlement.billing.electronic.facts import ElectronicInvoice, Kind, Line, Party, Preceding
from settlement.billing.electronic.hybrid import embed
from settlement.billing.electronic.reading_back import check_read_back
from settlement.billing.models import Subject
from settlement.billing.papers import EUROPEAN, is_hybrid, paper_of
from settlement.billing.sheets import Sheet, SheetLine, title_of

CFDI = frozenset({"MX"})
ABROAD, PUBLIC, PUBLIC_NAME = "XEXX010101000", "XAXX010101000", "PUBLICO EN GENERAL"
"""SAT's tax ids of customers abroad and of those who tell none."""


def xml_of(sheet: Sheet, *, heartbeat: Callable[[], None]) -> bytes:
    """The electronic form; nothing where the market's law knows none that is ours to write. ``heartbeat`` is
    called meanwhile.

    :raises NotValid: if it is not what its standard demands.
    :raises BreaksRules: if it breaks one of the business rules.
    """
    if sheet.market.code in CFDI:
        invoice = electronic(sheet)
        xml = write_cfdi(invoice)
    elif sheet.market.code in EUROPEAN:
        invoice = electronic(sheet)
        xml = write_cii(invoice)
        check_xsd(xml)
        check_rules(xml, rules=_rules(), heartbeat=heartbeat)
    else:
        return b""
    check_read_back(xml, invoice)
    return xml


def hybrid_of(sheet: Sheet, pdf: bytes, xml: bytes) -> bytes:
    """The PDF with its XML inside, where that is a standard of its own (Factur-X)."""
    if not is_hybrid(sheet):
        return pdf
    return embed(
        pdf,
        xml,
        title=f"{title_of(sheet)} {sheet.reference}",
        author=str(sheet.marketplace["name"]),
        language=sheet.market.spoken,
        at=sheet.issued_at,
    )


def electronic(sheet: Sheet) -> ElectronicInvoice:
    """The sheet's facts as an electronic invoice states them."""
    paid = sheet.gross if sheet.subject == Subject.DEPOSITS else 0
    original = sheet.original
    letters, _dash, folio = sheet.reference.rpartition("-")
    return ElectronicInvoice(
        reference=sheet.reference,
        kind=_kind(sheet),
        issued_at=sheet.issued_at.astimezone(ZoneInfo(sheet.market.zone)),
        supplied_on=sheet.supplied_on,
        currency=sheet.market.currency,
        supplier=_party(sheet.marketplace),
        customer=_customer(sheet),
        lines=tuple(_line(place, line, sheet.subject) for place, line in enumerate(sheet.lines, start=1)),
        vat_bp=sheet.vat_bp,
        net=sheet.net,
        vat=sheet.vat,
        gross=sheet.gross,
        paid=paid,
        preceding=(Preceding(original.reference, original.issued_on),) if original else (),
        reason=sheet.reason,
        reason_code=sheet.reason_code,
        terms="" if paid else paper_of(sheet).stressed,
        language=sheet.market.spoken,
        series=letters,
        folio=folio,
    )


def _rules() -> Path:
    """The official business rules: those installed, else the edition that came with the writer."""
    return Path(settings.EN16931_RULES) if settings.EN16931_RULES else bundled_rules()


def _kind(sheet: Sheet) -> Kind:
    if sheet.is_credit:
        return Kind.CREDIT_NOTE
    return Kind.CORRECTED if sheet.replaces else Kind.INVOICE


def _customer(sheet: Sheet) -> Party:
    """The recipient; in Mexico one that is abroad, or whose data are not complete, is told as the authority
    has such told: by its general tax ids.
    """
    party = _party(sheet.recipient)
    if sheet.market.code not in CFDI:
        return party
    supplier = _party(sheet.marketplace)
    if party.country != sheet.market.code:
        return replace(party, tax_id=ABROAD, zip=supplier.zip, regime="616", use="S01")
    if not (party.zip and party.regime and party.use):
        return replace(party, tax_id=PUBLIC, name=PUBLIC_NAME, zip=supplier.zip, regime="616", use="S01")
    return party


def _party(told: Mapping[str, Any]) -> Party:
    names = ("name", "tax_id", "country", "street", "city", "zip", "email", "regime", "use")
    return Party(**{name: str(told.get(name) or "") for name in names})


def _line(place: int, line: SheetLine, subject: Subject) -> Line:
    told = {"reference": line.reference, "what": line.what}
    text = (
        _("Deposit %(reference)s (%(what)s)") if subject == Subject.DEPOSITS else "%(what)s (%(reference)s)"
    )
    return Line(place, text % told, line.net, line.vat, line.gross)
