"""Mexico's CFDI 4.0: everything in attributes. Its seal is no XMLDSig; the stamp's id is told."""

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
    TOLERANCE,
    basis_points,
    clean,
    currency_of,
    day_of,
    distinct,
    exact_minor,
    minor,
    number_text,
    quantity_of,
)
from marketplace.edocuments.xml import Element

ROOT = "Comprobante"
SPACE = "http://www.sat.gob.mx/cfd/4"
STAMP_SPACE = "http://www.sat.gob.mx/TimbreFiscalDigital"
LOCAL_TAX_SPACE = "http://www.sat.gob.mx/implocal"
SPACES = frozenset({SPACE, STAMP_SPACE, LOCAL_TAX_SPACE})
OLDER_SPACES = frozenset({"http://www.sat.gob.mx/cfd/3", "http://www.sat.gob.mx/cfd/2"})
VERSION = "4.0"

KINDS = {"I": Kind.INVOICE, "E": Kind.CREDIT}
IVA = "002"


def read(root: Element, signature: Signature) -> EDocument:
    """What an invoice (I) or credit note (E) says; transport, payment and wage papers are refused.

    :raises Unread: if a fact is missing or malformed; with the document where only its sums or its
        tax id are at fault.
    """
    code = _said(root, "TipoDeComprobante")
    if code not in KINDS:
        raise Unread(Fault.WRONG_TYPE, code)
    total, withheld = exact_minor(_said(root, "Total")), _tax(root, "TotalImpuestosRetenidos")
    net = minor(_said(root, "SubTotal")) - minor(_said(root, "Descuento") or "0")
    series, serial, uid = _said(root, "Serie"), _said(root, "Folio"), _uid(root)
    rates = tuple(_rates(root))
    document = EDocument(
        syntax=Syntax.CFDI,
        version=VERSION,
        kind=KINDS[code],
        type_code=code,
        number=number_text(f"{series}{serial}" or uid),
        series=series,
        serial=serial,
        issued_on=day_of(_said(root, "Fecha")),
        currency=currency_of(_said(root, "Moneda")),
        supplier=_party(root.find("Emisor")),
        customer=_party(root.find("Receptor")),
        net=net,
        vat=sum(rate.vat for rate in rates),
        gross=total + withheld + _local(root, "TotaldeRetenciones"),
        payable=total,
        rates=rates,
        originals=_originals(root),
        reason_code=next((_said(r, "TipoRelacion") for r in root.iterfind("CfdiRelacionados")), ""),
        lines=tuple(_lines(root)),
        uid=uid,
        signature=signature,
    )
    taxed = net + _tax(root, "TotalImpuestosTrasladados") + _local(root, "TotaldeTraslados")
    _check(document, agrees=abs(taxed - document.gross) <= TOLERANCE)
    return document


def _check(document: EDocument, *, agrees: bool) -> None:
    tax_id = document.supplier.tax_id
    if not tax_id:
        raise Unread(Fault.TAX_ID_MISSING, "", document)
    if not re.fullmatch("[A-ZÑ&]{3,4}[0-9]{6}[A-Z0-9]{3}", tax_id):
        raise Unread(Fault.TAX_ID_WRONG, tax_id, document)
    if not agrees:
        raise Unread(Fault.SUM_DIFFERS, "", document)


def _said(element: Element, name: str) -> str:
    return clean(element.get(name))


def _tax(root: Element, name: str) -> int:
    return sum(minor(_said(taxes, name) or "0") for taxes in root.iterfind("Impuestos"))


def _local(root: Element, name: str) -> int:
    return sum(minor(_said(taxes, name) or "0") for taxes in root.iterfind("Complemento/ImpuestosLocales"))


def _uid(root: Element) -> str:
    stamps = root.iterfind("Complemento/TimbreFiscalDigital")
    return next((uid for stamp in stamps if (uid := _said(stamp, "UUID"))), "").upper()


def _party(party: Element | None) -> Party:
    return Party("", "", "") if party is None else Party(_said(party, "Nombre"), _said(party, "Rfc"), "RFC")


def _originals(root: Element) -> tuple[str, ...]:
    related = root.iterfind("CfdiRelacionados/CfdiRelacionado")
    return distinct(_said(paper, "UUID").upper() for paper in related)


def _rates(root: Element) -> Iterator[RateSum]:
    for part in root.iterfind("Impuestos/Traslados/Traslado"):
        if _said(part, "Impuesto") == IVA:
            rate = basis_points(_said(part, "TasaOCuota"), unit=100_00)
            yield RateSum(rate, minor(_said(part, "Base") or "0"), minor(_said(part, "Importe") or "0"))


def _lines(root: Element) -> Iterator[Line]:
    for line in root.iterfind("Conceptos/Concepto"):
        rates = (
            basis_points(_said(part, "TasaOCuota"), unit=100_00)
            for part in line.iterfind("Impuestos/Traslados/Traslado")
            if _said(part, "Impuesto") == IVA
        )
        yield Line(
            name=_said(line, "Descripcion"),
            sku=_said(line, "NoIdentificacion"),
            quantity=quantity_of(_said(line, "Cantidad")),
            net=minor(_said(line, "Importe") or "0") - minor(_said(line, "Descuento") or "0"),
            vat_bp=next(rates, 0),
            order="",
        )
