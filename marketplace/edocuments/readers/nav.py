"""Hungary's invoice data as reported to NAV, version 3.0. A modification tells differences."""

import re
from collections.abc import Iterator

from marketplace.edocuments.facts import (
    EDocument,
    Fault,
    Kind,
    Line,
    Party,
    RateSum,
    Signature,
    Syntax,
    Unread,
)
from marketplace.edocuments.values import (
    basis_points,
    check_currencies,
    currency_of,
    day_of,
    distinct,
    exact_minor,
    minor,
    number_of,
    number_text,
    quantity_of,
    sum_at,
    text_at,
    texts_at,
)
from marketplace.edocuments.xml import Element
from marketplace.kernel.money import vat_within

ROOT = "InvoiceData"
SPACE = "http://schemas.nav.gov.hu/OSA/3.0/data"
SPACES = frozenset(
    {SPACE, "http://schemas.nav.gov.hu/OSA/3.0/base", "http://schemas.nav.gov.hu/NTCA/1.0/common"}
)
FAMILY = "http://schemas.nav.gov.hu/OSA/"
VERSION = "3.0"

_HEAD = "invoiceHead"
_DETAIL = f"{_HEAD}/invoiceDetail"
_SUMMARY = "invoiceSummary/summaryNormal"
_LINE = "invoiceLines/line"
_CODE = "productCodes/productCode/productCode"
_ORDERS = "conventionalInvoiceInfo/orderNumbers/orderNumber"


def read(root: Element, signature: Signature) -> EDocument:
    """What an invoice or modification says; one that modifies several invoices is the sum of what it does.

    :raises Unread: if a fact is missing or malformed; with the document where only its tax id is at fault.
    """
    parts = root.findall("invoiceMain/invoice") + root.findall("invoiceMain/batchInvoice/invoice")
    first = parts[0] if parts else root
    currency = currency_of(text_at(first, f"{_DETAIL}/currencyCode"))
    check_currencies((text_at(part, f"{_DETAIL}/currencyCode") for part in parts), currency)
    rates = [rate for part in parts for rate in _rates(part)]
    net, vat, gross = (sum(sums) for sums in zip(*(_sums(part) for part in parts), strict=True))
    originals = distinct(text_at(part, "invoiceReference/originalInvoiceNumber") for part in parts)
    kind = Kind.INVOICE if not originals else Kind.DEBIT if gross > 0 else Kind.CREDIT
    sign = -1 if kind == Kind.CREDIT else 1
    document = EDocument(
        syntax=Syntax.NAV,
        version=VERSION,
        kind=kind,
        type_code=text_at(first, f"{_DETAIL}/invoiceCategory"),
        number=number_text(text_at(root, "invoiceNumber")),
        series="",
        serial="",
        issued_on=day_of(text_at(root, "invoiceIssueDate")),
        currency=currency,
        supplier=_supplier(first),
        customer=_customer(first),
        net=sign * net,
        vat=sign * vat,
        gross=sign * gross,
        payable=sign * gross,
        rates=tuple(RateSum(rate.vat_bp, sign * rate.net, sign * rate.vat) for rate in rates),
        orders=_texts(parts, f"{_DETAIL}/{_ORDERS}", f"{_LINE}/{_ORDERS}"),
        originals=originals,
        notes=_texts(parts, f"{_DETAIL}/additionalInvoiceData/dataValue"),
        lines=tuple(line for part in parts for line in _lines(part, sign)),
        signature=signature,
    )
    _check(document)
    return document


def _check(document: EDocument) -> None:
    tax_id = document.supplier.tax_id
    if not tax_id:
        raise Unread(Fault.TAX_ID_MISSING, "", document)
    if not re.fullmatch("[0-9]{8}(-[1-5](-[0-9]{2})?)?", tax_id):
        raise Unread(Fault.TAX_ID_WRONG, tax_id, document)


def _texts(parts: list[Element], *paths: str) -> tuple[str, ...]:
    return distinct(text for part in parts for text in texts_at(part, *paths))


def _tax_number(party: Element | None, path: str) -> str:
    parts = ("taxpayerId", "vatCode", "countyCode")
    return "-".join(text for part in parts if (text := text_at(party, f"{path}/{part}")))


def _supplier(part: Element) -> Party:
    party = part.find(f"{_HEAD}/supplierInfo")
    return Party(text_at(party, "supplierName"), _tax_number(party, "supplierTaxNumber"), "HU")


def _customer(part: Element) -> Party:
    party = part.find(f"{_HEAD}/customerInfo")
    name, status = text_at(party, "customerName"), text_at(party, "customerVatStatus")
    domestic = _tax_number(party, "customerVatData/customerTaxNumber")
    other = text_at(party, "customerVatData/communityVatNumber", "customerVatData/thirdStateTaxId")
    return Party(name, domestic or other, status)


def _sums(part: Element) -> tuple[int, int, int]:
    """Net, VAT and gross; a simplified invoice tells only what is gross and what of it is VAT."""
    said = text_at(part, "invoiceSummary/summaryGrossData/invoiceGrossAmount")
    if part.find(_SUMMARY) is not None:
        net, vat = sum_at(part, f"{_SUMMARY}/invoiceNetAmount"), sum_at(part, f"{_SUMMARY}/invoiceVatAmount")
        return net, vat, exact_minor(said) if said else net + vat
    rates = list(_rates(part))
    if not (said or rates):
        raise Unread(Fault.BAD_AMOUNT)
    vat = sum(rate.vat for rate in rates)
    gross = exact_minor(said) if said else vat + sum(rate.net for rate in rates)
    return gross - vat, vat, gross


def _rates(part: Element) -> Iterator[RateSum]:
    for rate in part.iterfind(f"{_SUMMARY}/summaryByVatRate"):
        net = sum_at(rate, "vatRateNetData/vatRateNetAmount")
        vat = sum_at(rate, "vatRateVatData/vatRateVatAmount")
        yield RateSum(_rate(rate.find("vatRate")), net, vat)
    for rate in part.iterfind("invoiceSummary/summarySimplified"):
        vat_bp = _rate(rate.find("vatRate"))
        gross = minor(text_at(rate, "vatContentGrossAmount") or "0")
        vat = vat_within(gross, vat_bp)
        yield RateSum(vat_bp, gross - vat, vat)


def _rate(rate: Element | None) -> int:
    """The rate, also where it is told as the part of the gross amount that is VAT (21.26 % means 27 %)."""
    if content := text_at(rate, "vatContent"):
        part = number_of(content)
        return round(part / (1 - part) * 100) * 100 if 0 <= part < 1 else 0
    return basis_points(text_at(rate, "vatPercentage"), unit=100_00)


def _lines(part: Element, sign: int) -> Iterator[Line]:
    for line in part.iterfind(_LINE):
        normal, simplified = line.find("lineAmountsNormal"), line.find("lineAmountsSimplified")
        vat_bp = _rate(line.find("lineAmountsNormal/lineVatRate"))
        net = sum_at(normal, "lineNetAmountData/lineNetAmount")
        if simplified is not None:
            vat_bp = _rate(simplified.find("lineVatRate"))
            gross = sum_at(simplified, "lineGrossAmountSimplified")
            net = gross - vat_within(gross, vat_bp)
        yield Line(
            name=text_at(line, "lineDescription"),
            sku=text_at(line, f"{_CODE}Value", f"{_CODE}OwnValue"),
            quantity=quantity_of(text_at(line, "quantity")),
            net=sign * net,
            vat_bp=vat_bp,
            order=text_at(line, _ORDERS),
        )
