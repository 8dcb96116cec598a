"""Electronic invoices that sellers write for documents."""

from decimal import Decimal
from typing import Any

from settlement.documents.models import Document
from tests.edocuments.builders import spaces_of_ubl


def money(minor: int) -> str:
    return str(Decimal(minor) / 100)


def party(role: str, tax_id: str, name: str) -> str:
    return (
        f"<cac:Accounting{role}Party><cac:Party><cac:PartyTaxScheme><cbc:CompanyID>{tax_id}</cbc:CompanyID>"
        "<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme><cac:PartyLegalEntity>"
        f"<cbc:RegistrationName>{name}</cbc:RegistrationName></cac:PartyLegalEntity></cac:Party>"
        f"</cac:Accounting{role}Party>"
    )


def ubl_for(document: Document, number: str = "FV-2026-1", **changes: Any) -> bytes:
    """The UBL invoice that a document at one VAT rate asks for, a line per order, unless told otherwise."""
    told: dict[str, Any] = {
        "reference": document.reference,
        "supplier": document.parties["seller"]["tax_id"],
        "customer": document.parties["marketplace"]["tax_id"],
        "orders": dict(document.lines.values_list("number", "purchase_net")),
        "root": "CreditNote" if document.is_credit else "Invoice",
    } | changes
    root, code = told["root"], "381" if told["root"] == "CreditNote" else "380"
    quantity = "Credited" if root == "CreditNote" else "Invoiced"
    (rate,) = document.rates.all()
    percent = Decimal(rate.vat_bp) / 100
    net = sum(told["orders"].values())
    vat = round(net * rate.vat_bp / 10_000)
    unit = f'currencyID="{document.currency}"'
    lines = "".join(
        f"<cac:{root}Line><cbc:ID>{place}</cbc:ID><cbc:{quantity}Quantity>1</cbc:{quantity}Quantity>"
        f"<cbc:LineExtensionAmount {unit}>{money(amount)}</cbc:LineExtensionAmount>"
        f"<cac:Item><cbc:Name>Order {order}</cbc:Name><cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID>"
        f"<cbc:Percent>{percent}</cbc:Percent></cac:ClassifiedTaxCategory></cac:Item></cac:{root}Line>"
        for place, (order, amount) in enumerate(told["orders"].items(), start=1)
    )
    return f"""<{root} {spaces_of_ubl(root)}>
<cbc:CustomizationID>urn:cen.eu:en16931:2017</cbc:CustomizationID>
<cbc:ID>{number}</cbc:ID><cbc:IssueDate>2026-11-03</cbc:IssueDate>
<cbc:{root}TypeCode>{code}</cbc:{root}TypeCode>
<cbc:DocumentCurrencyCode>{document.currency}</cbc:DocumentCurrencyCode>
<cbc:BuyerReference>{told["reference"]}</cbc:BuyerReference>
{party("Supplier", told["supplier"], "Horizont s.r.o.")}{party("Customer", told["customer"], "Meridian")}
<cac:TaxTotal><cbc:TaxAmount {unit}>{money(vat)}</cbc:TaxAmount><cac:TaxSubtotal>
<cbc:TaxableAmount {unit}>{money(net)}</cbc:TaxableAmount><cbc:TaxAmount {unit}>{money(vat)}</cbc:TaxAmount>
<cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>{percent}</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID>
</cac:TaxScheme></cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal>
<cac:LegalMonetaryTotal><cbc:LineExtensionAmount {unit}>{money(net)}</cbc:LineExtensionAmount>
<cbc:TaxExclusiveAmount {unit}>{money(net)}</cbc:TaxExclusiveAmount>
<cbc:TaxInclusiveAmount {unit}>{money(net + vat)}</cbc:TaxInclusiveAmount>
<cbc:PayableAmount {unit}>{money(net + vat)}</cbc:PayableAmount></cac:LegalMonetaryTotal>
{lines}
</{root}>""".encode()
