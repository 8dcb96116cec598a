"""Poland's structured invoice of KSeF: FA(2) and FA(3). A correction tells differences, not amounts."""

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
from marketplace.kernel.money import vat_within

ROOT = "Faktura"
SPACES = {
    "http://crd.gov.pl/wzor/2023/06/29/12648/": "FA (2)",
    "http://crd.gov.pl/wzor/2025/06/25/13775/": "FA (3)",
}
FAMILY = "http://crd.gov.pl/wzor/"

KINDS = frozenset({"VAT", "ZAL", "ROZ", "UPR"})
CORRECTIONS = frozenset({"KOR", "KOR_ZAL", "KOR_ROZ"})

RATED = {"1": (23_00, 22_00), "2": (8_00, 7_00), "3": (5_00,), "4": (4_00, 3_00), "5": ()}
"""Fields P_13_n with their VAT in P_14_n, and the rates each may mean; 5 is of another country."""

UNRATED = ("6_1", "6_2", "6_3", "7", "8", "9", "10", "11")


def read(root: Element, signature: Signature, version: str) -> EDocument:
    """What an invoice or correction says; a correction downwards is a credit note, upwards a debit note.

    :raises Unread: if a fact is missing or malformed; with the document where only its tax id is at fault.
    """
    body = root.find("Fa")
    code = text_at(body, "RodzajFaktury")
    if code not in KINDS | CORRECTIONS:
        raise Unread(Fault.WRONG_TYPE, code)
    gross = exact_minor(text_at(body, "P_15"))
    kind = Kind.INVOICE if code in KINDS else Kind.DEBIT if gross > 0 else Kind.CREDIT
    sign = -1 if kind == Kind.CREDIT else 1
    rates = tuple(_rates(body, sign))
    due = text_at(body, "Rozliczenie/DoZaplaty") if kind == Kind.INVOICE else ""
    document = EDocument(
        syntax=Syntax.KSEF,
        version=version,
        kind=kind,
        type_code=code,
        number=number_text(text_at(body, "P_2")),
        series="",
        serial="",
        issued_on=day_of(text_at(body, "P_1")),
        currency=currency_of(text_at(body, "KodWaluty")),
        supplier=_party(root.find("Podmiot1")),
        customer=_party(root.find("Podmiot2")),
        net=sum(rate.net for rate in rates) if rates else sign * gross,
        vat=sum(rate.vat for rate in rates),
        gross=sign * gross,
        payable=exact_minor(due) if due else sign * gross,
        rates=rates,
        orders=distinct(texts_at(body, "WarunkiTransakcji/Zamowienia/NrZamowienia")),
        originals=distinct(texts_at(body, "DaneFaKorygowanej/NrFaKorygowanej")),
        reason_code=text_at(body, "TypKorekty"),
        notes=distinct(texts_at(body, "PrzyczynaKorekty", "DodatkowyOpis/Wartosc")),
        lines=tuple(_lines(body, sign)),
        signature=signature,
    )
    _check(document)
    return document


def _check(document: EDocument) -> None:
    tax_id = document.supplier.tax_id
    if not tax_id:
        raise Unread(Fault.TAX_ID_MISSING, "", document)
    if not re.fullmatch("[0-9]{10}", tax_id):
        raise Unread(Fault.TAX_ID_WRONG, tax_id, document)


def _party(party: Element | None) -> Party:
    about = "DaneIdentyfikacyjne"
    name = text_at(party, f"{about}/Nazwa", f"{about}/PelnaNazwa")
    for scheme in ("NIP", "NrVatUE", "NrID"):
        if tax_id := text_at(party, f"{about}/{scheme}"):
            return Party(name, tax_id, scheme)
    return Party(name, "", "")


def _rates(body: Element | None, sign: int) -> Iterator[RateSum]:
    for field, meant in RATED.items():
        net, vat = sum_at(body, f"P_13_{field}"), sum_at(body, f"P_14_{field}")
        if net or vat:
            yield RateSum(_rate(net, vat, meant), sign * net, sign * vat)
    net = sum_at(body, *(f"P_13_{field}" for field in UNRATED))
    if net:
        yield RateSum(0, sign * net, 0)


def _rate(net: int, vat: int, meant: tuple[int, ...]) -> int:
    """Of the rates a field may mean the one that fits its amounts."""
    fitting = min(meant, key=lambda rate: abs(net * rate - vat * 100_00), default=0)
    return fitting or implied_basis_points(net, vat)


def _lines(body: Element | None, sign: int) -> Iterator[Line]:
    for line in [] if body is None else body.iterfind("FaWiersz"):
        before = -1 if text_at(line, "StanPrzed") == "1" else 1
        percent = re.match(r"[0-9]{1,2}(?:\.[0-9]+)?", text_at(line, "P_12", "P_12_XII"))
        vat_bp = basis_points(percent[0]) if percent else 0
        gross = sum_at(line, "P_11A")
        net = sum_at(line, "P_11") if text_at(line, "P_11") else gross - vat_within(gross, vat_bp)
        yield Line(
            name=text_at(line, "P_7"),
            sku=text_at(line, "Indeks", "GTIN"),
            quantity=quantity_of(text_at(line, "P_8B")),
            net=sign * before * net,
            vat_bp=vat_bp,
            order="",
        )
