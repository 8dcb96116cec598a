"""Peru's receipts: UBL 2.1 as SUNAT customised it. Versions before have other paths and are refused."""

import re
from collections import defaultdict
from collections.abc import Iterator

from stdnum.exceptions import ValidationError
from stdnum.pe import ruc

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
from marketplace.edocuments.readers import ubl_parts as ubl
from marketplace.edocuments.values import (
    TOLERANCE,
    basis_points,
    check_currencies,
    currency_of,
    day_of,
    distinct,
    exact_minor,
    implied_basis_points,
    quantity_of,
    sum_at,
    text_at,
    texts_at,
)
from marketplace.edocuments.xml import Element

VERSION, CUSTOMIZATION = "2.1", "2.0"
RUC = "6"

SERIES = {
    "01": "F[A-Z0-9]{3}|E001|[0-9]{1,4}",
    "03": "B[A-Z0-9]{3}|EB01|[0-9]{1,4}",
    "07": "[FB][A-Z0-9]{3}|E001|EB01|[0-9]{1,4}",
    "08": "[FB][A-Z0-9]{3}|E001|EB01|[0-9]{1,4}",
}
"""By type: electronic, of the tax office's portal, and the digits of contingency papers."""

KINDS = {"01": Kind.INVOICE, "03": Kind.RECEIPT, "07": Kind.CREDIT, "08": Kind.DEBIT}

VAT_SCHEMES = frozenset({"1000", "1016"})
FREE_SCHEME = "9996"
NO_VAT_SCHEMES = frozenset({"9995", "9997", "9998"})
"""IGV and rice's IVAP; given away for nothing; exported, exempt and outside."""

MAYBE_ORDERS = frozenset({"", "99"})
"""Types of other papers among which sellers name orders."""


def is_sunat(root: Element, declared: set[str]) -> bool:
    """Whether a UBL document is Peru's: by its customization, its type code, or what it declares.

    Colombia has the same type codes, and says who it is.
    """
    if any(space.startswith("dian:") for space in declared) or text_at(root, "ProfileID").startswith("DIAN"):
        return False
    return (
        text_at(root, "CustomizationID") in {"1.0", "2.0"}
        or text_at(root, "InvoiceTypeCode") in {"01", "03"}
        or any(space.startswith("urn:sunat:") for space in declared)
    )


def check_version(root: Element) -> None:
    """Refuse all but UBL 2.1 with customization 2.0.

    :raises Unread: if it is of another version, or tells none.
    """
    version, customization = text_at(root, "UBLVersionID"), text_at(root, "CustomizationID")
    if version != VERSION:
        raise Unread(Fault.WRONG_VERSION, version)
    if customization != CUSTOMIZATION:
        raise Unread(Fault.WRONG_VERSION, f"{version} {customization}")


def read(root: Element, signature: Signature) -> EDocument:
    """What a receipt says.

    :raises Unread: if a fact is missing or malformed; with the document where only its sums or its
        tax id are at fault.
    """
    code = _type_of(root)
    number, series, serial = _number_of(root, code)
    currency = currency_of(ubl.currency_text(root))
    ubl.check_one_currency(root, currency)
    check_currencies((a.get("currencyID") for a in root.iterfind("TaxTotal//TaxAmount")), currency)
    gross, payable, agrees = _sums(root)
    lines = tuple(_lines(root))
    rates = _rates(root, lines)
    document = EDocument(
        syntax=Syntax.SUNAT,
        version=VERSION,
        kind=KINDS[code],
        type_code=code,
        number=number,
        series=series,
        serial=serial,
        issued_on=day_of(text_at(root, "IssueDate")),
        currency=currency,
        supplier=_supplier(root),
        customer=_customer(root),
        net=_net(root, rates),
        vat=sum(rate.vat for rate in rates),
        gross=gross,
        payable=payable,
        rates=rates,
        orders=_orders(root),
        originals=distinct(_tight(text) for text in ubl.originals_of(root)),
        reason_code=text_at(root, "DiscrepancyResponse/ResponseCode"),
        notes=distinct(texts_at(root, "Note", "DiscrepancyResponse/Description")),
        lines=lines,
        signature=signature,
    )
    _check(document, agrees)
    return document


def _check(document: EDocument, agrees: bool) -> None:
    tax_id = document.supplier.tax_id
    if not tax_id:
        raise Unread(Fault.TAX_ID_MISSING, "", document)
    try:
        if ruc.validate(tax_id) != tax_id:
            raise Unread(Fault.TAX_ID_WRONG, tax_id, document)
    except ValidationError:
        raise Unread(Fault.TAX_ID_WRONG, tax_id, document) from None
    if not agrees:
        raise Unread(Fault.SUM_DIFFERS, "", document)


def _type_of(root: Element) -> str:
    by_root = {"CreditNote": "07", "DebitNote": "08"}.get(str(root.tag))
    code = by_root or text_at(root, "InvoiceTypeCode")
    if code not in KINDS or (by_root is None and code not in {"01", "03"}):
        raise Unread(Fault.WRONG_TYPE, code)
    return code


def _number_of(root: Element, code: str) -> tuple[str, str, str]:
    told = distinct(_tight(text) for text in texts_at(root, "ID"))
    found = re.fullmatch(f"({SERIES[code]})-([0-9]{{1,8}})", told[0]) if len(told) == 1 else None
    if found is None or not int(found[2]):
        raise Unread(Fault.BAD_NUMBER, " / ".join(told))
    return told[0], found[1], found[2].lstrip("0")


def _tight(text: str) -> str:
    """A number without the blanks the portal writes about its dash: ``E001 - 170``."""
    return re.sub(r"\s*-\s*", "-", text)


def _supplier(root: Element) -> Party:
    party = root.find("AccountingSupplierParty/Party")
    ids = list(_ids(party))
    marked = [found for found in ids if (found.get("schemeID") or "").strip() == RUC]
    return ubl.party_with(party, next(iter(marked or ids), None))


def _customer(root: Element) -> Party:
    party = root.find("AccountingCustomerParty/Party")
    return ubl.party_with(party, next(_ids(party), None))


def _ids(party: Element | None) -> Iterator[Element]:
    if party is not None:
        for path in ("PartyIdentification/ID", "PartyTaxScheme/CompanyID", "PartyLegalEntity/CompanyID"):
            yield from (found for found in party.iterfind(path) if (found.text or "").strip())


def _orders(root: Element) -> tuple[str, ...]:
    others = (
        text_at(paper, "ID")
        for paper in root.iterfind("AdditionalDocumentReference")
        if text_at(paper, "DocumentTypeCode") in MAYBE_ORDERS
    )
    return distinct([*ubl.orders_of(root), *others])


def _sums(root: Element) -> tuple[int, int, bool]:
    """What the document is worth, what it leaves to pay, and whether the two agree with its other sums."""
    total = ubl.total_of(root)
    payable = exact_minor(text_at(total, "PayableAmount"))
    if payable < 0:
        raise Unread(Fault.BAD_AMOUNT, text_at(total, "PayableAmount"))
    inclusive = ubl.amount_in(total, "TaxInclusiveAmount")
    extension = ubl.amount_in(total, "LineExtensionAmount")
    corrected = sum_at(total, "ChargeTotalAmount") - sum_at(total, "AllowanceTotalAmount")
    left = sum_at(total, "PayableRoundingAmount") - sum_at(total, "PrepaidAmount")
    candidates = [] if inclusive is None else [inclusive + corrected, inclusive]
    if extension is not None:
        taxed = extension + sum_at(root, "TaxTotal/TaxAmount")
        candidates += [taxed + corrected, taxed]
    for gross in candidates:
        if min(abs(gross + left - payable), abs(gross - payable)) <= TOLERANCE:
            return gross, payable, True
    return (candidates[0] if candidates else payable), payable, not candidates


def _net(root: Element, rates: tuple[RateSum, ...]) -> int:
    extension = ubl.amount_in(ubl.total_of(root), "LineExtensionAmount")
    return sum(rate.net for rate in rates) if extension is None else extension


def _lines(root: Element) -> Iterator[Line]:
    for line in ubl.lines_of(root):
        yield Line(
            name=text_at(line, "Item/Description", "Item/Name"),
            sku=text_at(line, "Item/SellersItemIdentification/ID", "Item/StandardItemIdentification/ID"),
            quantity=quantity_of(text_at(line, *ubl.QUANTITIES)),
            net=sum_at(line, "LineExtensionAmount"),
            vat_bp=_line_rate(line),
            order=text_at(line, "OrderLineReference/OrderReference/ID"),
        )


def _line_rate(line: Element) -> int:
    for part in line.iterfind("TaxTotal/TaxSubtotal"):
        if text_at(part, "TaxCategory/TaxScheme/ID") in VAT_SCHEMES:
            return basis_points(text_at(part, "TaxCategory/Percent", "Percent"))
    return 0


def _rates(root: Element, lines: tuple[Line, ...]) -> tuple[RateSum, ...]:
    said = {line.vat_bp for line in lines if line.vat_bp}
    sums: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for part in root.iterfind("TaxTotal/TaxSubtotal"):
        scheme = text_at(part, "TaxCategory/TaxScheme/ID")
        net, vat = sum_at(part, "TaxableAmount"), sum_at(part, "TaxAmount")
        if scheme not in VAT_SCHEMES | NO_VAT_SCHEMES or not (net or vat):
            continue
        rate = _nearest(net, vat, said) if scheme in VAT_SCHEMES else 0
        sums[rate][0] += net
        sums[rate][1] += vat
    return tuple(RateSum(rate, net, vat) for rate, (net, vat) in sorted(sums.items(), reverse=True))


def _nearest(net: int, vat: int, said: set[int]) -> int:
    """The rate the lines name that fits the amounts best; the header names none."""
    fitting = min(said, key=lambda rate: abs(net * rate - vat * 100_00), default=0)
    return fitting or implied_basis_points(net, vat)
