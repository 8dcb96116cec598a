"""An invoice as Mexico's CFDI 4.0, as it goes to an authorised certifier (PAC)."""

import re

from marketplace.kernel.money import decimal_text
from settlement.billing.electronic.cfdi_shares import Share, fine_text, shares_of
from settlement.billing.electronic.facts import ElectronicInvoice, Incomplete, Kind, Line
from settlement.billing.electronic.markup import Element, Writer, plain, set_said, to_bytes

SPACES = {"cfdi": "http://www.sat.gob.mx/cfd/4"}
OWN_SPACES = {"saldo": "urn:saldo:addenda:1"}
VERSION, CURRENCY, DOMESTIC, TAXABLE, VAT = "4.0", "MXN", "01", "02", "002"

ADVANCE = {"ClaveProdServ": "84111506", "ClaveUnidad": "ACT"}
"""How the tax office has advances coded: billing services, an activity."""

TYPES = {Kind.INVOICE: "I", Kind.CORRECTED: "I", Kind.CREDIT_NOTE: "E"}
RELATIONS = {Kind.CORRECTED: "04", Kind.CREDIT_NOTE: "01"}
LONGEST_NAME = 300
AT_ONCE, LATER, NOT_YET_KNOWN = "PUE", "PPD", "99"

_UUID = re.compile("[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}")


def write_cfdi(invoice: ElectronicInvoice) -> bytes:
    """The invoice as a Comprobante before it is sealed and stamped.

    What others fill in is left out, although the finished document cannot be without it: Sello,
    NoCertificado and Certificado of the issuer's key, and the stamp (TimbreFiscalDigital) with its UUID.
    Preceding invoices are related by their UUIDs; the addenda, which is of no concern to the tax office,
    has our own references, also of those whose UUID is not known.

    :raises Incomplete: if it lacks what the tax office asks for.
    :raises Unbalanced: if the VAT is not that of the net amount.
    """
    _check(invoice)
    writer = Writer(SPACES)
    root = writer.root("cfdi:Comprobante")
    _write_head(root, invoice)
    _write_relations(writer, root, invoice)
    supplier, customer = invoice.supplier, invoice.customer
    issuer = writer.add(root, "cfdi:Emisor")
    set_said(
        issuer, Rfc=supplier.tax_id, Nombre=told(supplier.name, LONGEST_NAME), RegimenFiscal=supplier.regime
    )
    set_said(
        writer.add(root, "cfdi:Receptor"),
        Rfc=customer.tax_id,
        Nombre=told(customer.name, LONGEST_NAME),
        DomicilioFiscalReceptor=customer.zip,
        RegimenFiscalReceptor=customer.regime,
        UsoCFDI=customer.use,
    )
    items = writer.add(root, "cfdi:Conceptos")
    for line, share in zip(invoice.lines, shares_of(invoice), strict=True):
        _write_line(writer, writer.add(items, "cfdi:Concepto"), line, share, invoice)
    taxes = writer.add(root, "cfdi:Impuestos")
    taxes.set("TotalImpuestosTrasladados", decimal_text(invoice.vat))
    _write_tax(writer, taxes, invoice, decimal_text(invoice.net), decimal_text(invoice.vat))
    _write_addenda(writer, root, invoice)
    return to_bytes(root)


def _check(invoice: ElectronicInvoice) -> None:
    supplier, customer = invoice.supplier, invoice.customer
    said = {
        "folio": invoice.folio,
        **{f"supplier.{name}": getattr(supplier, name) for name in ("tax_id", "name", "regime", "zip")},
        **{
            f"customer.{name}": getattr(customer, name) for name in ("tax_id", "name", "regime", "zip", "use")
        },
        "payment_form": invoice.payment_form,
        "lines": "some" if invoice.lines else "",
        **{f"lines.{line.number}.text": line.text for line in invoice.lines},
        # A rate of exchange would have to be told too.
        "currency": "right" if invoice.currency == CURRENCY else "",
    }
    if missing := tuple(name for name, text in said.items() if not told(text)):
        raise Incomplete(missing)


def told(text: str, longest: int | None = None) -> str:
    """A text as the tax office takes it: bars keep the parts apart that its seal is over."""
    return plain(text.replace("|", "/"), longest)


def _write_head(root: Element, invoice: ElectronicInvoice) -> None:
    at_once = not invoice.due or invoice.kind == Kind.CREDIT_NOTE
    set_said(
        root,
        Version=VERSION,
        Serie=told(invoice.series, 25),
        Folio=told(invoice.folio, 40),
        Fecha=f"{invoice.issued_at:%Y-%m-%dT%H:%M:%S}",
        FormaPago=invoice.payment_form if at_once else NOT_YET_KNOWN,
        CondicionesDePago=told(invoice.terms, 1000),
        SubTotal=decimal_text(invoice.net),
        Moneda=invoice.currency,
        Total=decimal_text(invoice.gross),
        TipoDeComprobante=TYPES[invoice.kind],
        Exportacion=DOMESTIC,
        MetodoPago=AT_ONCE if at_once else LATER,
        LugarExpedicion=invoice.supplier.zip,
    )


def _write_relations(writer: Writer, root: Element, invoice: ElectronicInvoice) -> None:
    if uuids := related_uuids(invoice):
        related = writer.add(root, "cfdi:CfdiRelacionados")
        related.set("TipoRelacion", RELATIONS[invoice.kind])
        for uuid in uuids:
            writer.add(related, "cfdi:CfdiRelacionado").set("UUID", uuid)


def related_uuids(invoice: ElectronicInvoice) -> list[str]:
    """The stamps' ids of the invoices it corrects or credits, as far as they are known."""
    told_of = invoice.preceding if invoice.kind in RELATIONS else ()
    uuids = (preceding.uuid.strip().upper() for preceding in told_of)
    return [uuid for uuid in uuids if _UUID.fullmatch(uuid)]


def _write_line(writer: Writer, item: Element, line: Line, share: Share, invoice: ElectronicInvoice) -> None:
    base = fine_text(share.base)
    set_said(
        item,
        ClaveProdServ=ADVANCE["ClaveProdServ"],
        NoIdentificacion=str(line.number),
        Cantidad="1",
        ClaveUnidad=ADVANCE["ClaveUnidad"],
        Descripcion=told(line.text, 1000),
        ValorUnitario=base,
        Importe=base,
        ObjetoImp=TAXABLE,
    )
    _write_tax(writer, writer.add(item, "cfdi:Impuestos"), invoice, base, fine_text(share.vat))


def _write_tax(writer: Writer, taxes: Element, invoice: ElectronicInvoice, base: str, vat: str) -> None:
    set_said(
        writer.add(taxes, "cfdi:Traslados/cfdi:Traslado"),
        Base=base,
        Impuesto=VAT,
        TipoFactor="Tasa",
        TasaOCuota=fine_text(invoice.vat_bp * 100),
        Importe=vat,
    )


def _write_addenda(writer: Writer, root: Element, invoice: ElectronicInvoice) -> None:
    addenda = writer.add(root, "cfdi:Addenda")
    own = Writer(OWN_SPACES)
    invoiced = own.root("saldo:Invoice")
    addenda.append(invoiced)
    own.say(invoiced, "saldo:Reference", invoice.reference)
    own.say(invoiced, "saldo:Reason", invoice.reason, code=plain(invoice.reason_code))
    for preceding in invoice.preceding:
        own.say(invoiced, "saldo:Preceding", preceding.reference, issued=preceding.issued_on.isoformat())
