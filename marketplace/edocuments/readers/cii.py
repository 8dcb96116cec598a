"""UN/CEFACT's Cross Industry Invoice: EN 16931, Factur-X, ZUGFeRD 2, XRechnung."""

from collections.abc import Iterator

from marketplace.edocuments.facts import EDocument, Fault, Line, Party, RateSum, Signature, Syntax, Unread
from marketplace.edocuments.readers.ubl import kind_of
from marketplace.edocuments.readers.ubl_parts import NO_VAT
from marketplace.edocuments.values import (
    TOLERANCE,
    basis_points,
    check_currencies,
    clean,
    currency_of,
    day_of,
    distinct,
    exact_minor,
    implied_basis_points,
    number_text,
    quantity_of,
    sum_at,
    text_at,
    texts_at,
)
from marketplace.edocuments.xml import Element

ROOT = "CrossIndustryInvoice"
SPACE = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
SPACES = frozenset(
    f"urn:un:unece:uncefact:data:standard:{name}:100"
    for name in (
        *(ROOT, "ReusableAggregateBusinessInformationEntity"),
        *("UnqualifiedDataType", "QualifiedDataType"),
    )
)
VERSION = "100"

_SETTLEMENT = "SupplyChainTradeTransaction/ApplicableHeaderTradeSettlement"
_AGREEMENT = "SupplyChainTradeTransaction/ApplicableHeaderTradeAgreement"
_SUMS = f"{_SETTLEMENT}/SpecifiedTradeSettlementHeaderMonetarySummation"
_ORDER = "BuyerOrderReferencedDocument/IssuerAssignedID"


def read(root: Element, signature: Signature) -> EDocument:
    """What an invoice or credit note says.

    :raises Unread: if a fact is missing or malformed; with the document where only its sums are at fault.
    """
    code = text_at(root, "ExchangedDocument/TypeCode")
    currency = currency_of(text_at(root, f"{_SETTLEMENT}/InvoiceCurrencyCode"))
    net, vat, gross, payable = _sums(root, currency)
    lines = tuple(_lines(root))
    document = EDocument(
        syntax=Syntax.CII,
        version=VERSION,
        kind=kind_of(code),
        type_code=code,
        number=number_text(text_at(root, "ExchangedDocument/ID")),
        series="",
        serial="",
        issued_on=day_of(
            text_at(root, *(f"ExchangedDocument/IssueDateTime/{n}" for n in ("DateTimeString", "DateTime")))
        ),
        currency=currency,
        supplier=_party(root.find(f"{_AGREEMENT}/SellerTradeParty")),
        customer=_party(root.find(f"{_AGREEMENT}/BuyerTradeParty")),
        net=net,
        vat=vat,
        gross=gross,
        payable=payable,
        rates=tuple(_rates(root)),
        orders=_orders(root, lines),
        originals=distinct(texts_at(root, f"{_SETTLEMENT}/InvoiceReferencedDocument/IssuerAssignedID")),
        notes=distinct(texts_at(root, "ExchangedDocument/IncludedNote/Content")),
        lines=lines,
        signature=signature,
    )
    if abs(net + vat - gross) > TOLERANCE:
        raise Unread(Fault.SUM_DIFFERS, "", document)
    return document


def _sums(root: Element, currency: str) -> tuple[int, int, int, int]:
    sums = root.find(_SUMS)
    told = [] if sums is None else [a.get("currencyID") for a in sums if a.tag != "TaxTotalAmount"]
    check_currencies(told, currency)
    payable = exact_minor(text_at(sums, "DuePayableAmount"))
    gross = _own(sums, "GrandTotalAmount", currency)
    if gross is None:
        gross = payable + sum_at(sums, "TotalPrepaidAmount") - sum_at(sums, "RoundingAmount")
    net, vat = _own(sums, "TaxBasisTotalAmount", currency), _own(sums, "TaxTotalAmount", currency)
    if vat is None:
        vat = 0 if net is None else gross - net
    return (gross - vat if net is None else net), vat, gross, payable


def _own(sums: Element | None, name: str, currency: str) -> int | None:
    """The first of the totals of a name in the document's currency; VAT is told in the tax office's too."""
    for amount in [] if sums is None else sums.iterfind(name):
        if clean(amount.text) and clean(amount.get("currencyID")) in {"", currency}:
            return sum_at(amount, ".")
    return None


def _rates(root: Element) -> Iterator[RateSum]:
    for part in root.iterfind(f"{_SETTLEMENT}/ApplicableTradeTax"):
        net, vat = sum_at(part, "BasisAmount"), sum_at(part, "CalculatedAmount")
        rate = _rate(part)
        yield RateSum(implied_basis_points(net, vat) if rate is None else rate, net, vat)


def _rate(tax: Element | None) -> int | None:
    percent = text_at(tax, "RateApplicablePercent", "ApplicablePercent")
    if text_at(tax, "CategoryCode") in NO_VAT:
        return 0
    return basis_points(percent) if percent else None


def _party(party: Element | None) -> Party:
    name = text_at(party, "Name", "SpecifiedLegalOrganization/TradingBusinessName")
    if party is None:
        return Party("", "", "")
    registrations = [r for r in party.iterfind("SpecifiedTaxRegistration/ID") if clean(r.text)]
    registrations.sort(key=lambda found: found.get("schemeID") != "VA")
    paths = ("SpecifiedLegalOrganization/ID", "GlobalID", "ID")
    others = [found for path in paths for found in party.iterfind(path) if clean(found.text)]
    for found in registrations + others:
        return Party(name, clean(found.text), clean(found.get("schemeID")))
    return Party(name, "", "")


def _orders(root: Element, lines: tuple[Line, ...]) -> tuple[str, ...]:
    header = texts_at(
        root, f"{_AGREEMENT}/{_ORDER}", f"{_AGREEMENT}/SellerOrderReferencedDocument/IssuerAssignedID"
    )
    return distinct([*header, *(line.order for line in lines)])


def _lines(root: Element) -> Iterator[Line]:
    for line in root.iterfind("SupplyChainTradeTransaction/IncludedSupplyChainTradeLineItem"):
        settlement = "SpecifiedLineTradeSettlement"
        yield Line(
            name=text_at(line, "SpecifiedTradeProduct/Name", "SpecifiedTradeProduct/Description"),
            sku=text_at(line, "SpecifiedTradeProduct/SellerAssignedID", "SpecifiedTradeProduct/GlobalID"),
            quantity=quantity_of(text_at(line, "SpecifiedLineTradeDelivery/BilledQuantity")),
            net=sum_at(line, f"{settlement}/SpecifiedTradeSettlementLineMonetarySummation/LineTotalAmount"),
            vat_bp=_rate(line.find(f"{settlement}/ApplicableTradeTax")) or 0,
            order=text_at(line, f"SpecifiedLineTradeAgreement/{_ORDER}"),
        )
