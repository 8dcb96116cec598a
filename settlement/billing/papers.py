"""A billing invoice as a paper, in the active language: what its PDF and workbook show, and its preview."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from marketplace.kernel.amounts import percent_text
from marketplace.kernel.days import day_text
from marketplace.parties.models import Market
from settlement.billing.catalogues import REGIMES, USES, reason_text
from settlement.billing.models import Subject
from settlement.billing.sheets import Sheet, title_of
from settlement.documents.facts import PartyFacts, plain
from settlement.documents.papers.facts import Column, Kind, Listing, PaperFacts, Row, Shown, Sum
from settlement.documents.papers.pdf import MOST_ROWS
from settlement.documents.papers.words import common_words

EUROPEAN = frozenset({"CZ", "SK", "PL", "HU", "RO", "HR", "SI"})
"""The markets of the European Union: there an electronic invoice follows EN 16931."""

KNOWN = ("name", "tax_id", "street", "city", "zip", "country", "partner_number", "iban", "email")
"""What a paper shows of a party."""


def paper_of(sheet: Sheet) -> PaperFacts:
    """What stands above the lines of an invoice or credit note, and their headings."""
    market = sheet.market
    return PaperFacts(
        title=title_of(sheet),
        reference=sheet.reference or _("PREVIEW"),
        market=plain(sheet.marketplace["market"]),
        currency=market.currency,
        language=market.locale,
        spoken=market.spoken,
        meta=tuple(_meta(sheet)),
        stressed=_stressed(sheet),
        text=_text(sheet),
        parties=(
            Shown(_("Supplier"), _party(sheet.marketplace)),
            Shown(pgettext("whom an invoice is for", "Customer"), _party(sheet.recipient), addressed=True),
        ),
        sums_heading=_("What is credited") if sheet.is_credit else _("What is invoiced"),
        sums=tuple(_sums(sheet)),
        result=Sum(_("Total credited") if sheet.is_credit else _("Total"), sheet.gross),
        note=_note(sheet),
        lists=(_listing(sheet),),
        words=common_words(market.currency),
        holds_files=is_hybrid(sheet),
    )


def is_hybrid(sheet: Sheet) -> bool:
    """Whether its PDF holds its XML (Factur-X); not where it is a preview, or too long for one document."""
    return bool(sheet.reference) and sheet.market.code in EUROPEAN and len(sheet.lines) <= MOST_ROWS


def rows_of(sheet: Sheet) -> Iterator[Row]:
    """The lines of an invoice or credit note."""
    for line in sheet.lines:
        yield 0, (line.reference, line.on, _what(line.what, line.is_part), line.net, line.vat, line.gross)


def coded(sheet: Sheet) -> Iterator[tuple[str, str]]:
    """What the tax authority codes of it, in words."""
    return codes_in(sheet.market, sheet.marketplace, sheet.recipient, sheet.reason_code)


def codes_in(
    market: Market, marketplace: Mapping[str, Any], recipient: Mapping[str, Any], reason_code: str
) -> Iterator[tuple[str, str]]:
    """What the tax authority codes of two parties and a reason, in words."""
    regimes = (marketplace.get("regime"), recipient.get("regime"))
    if regimes[0]:
        yield _("Supplier's tax regime"), f"{regimes[0]} {REGIMES.get(regimes[0], '')}".strip()
    if regimes[1]:
        yield _("Customer's tax regime"), f"{regimes[1]} {REGIMES.get(regimes[1], '')}".strip()
    if use := recipient.get("use"):
        yield _("Use of the invoice"), f"{use} {USES.get(use, '')}".strip()
    if reason_code:
        yield _("Reason"), reason_text(market.code, reason_code)


def _meta(sheet: Sheet) -> Iterator[tuple[str, str]]:
    spoken = sheet.market.spoken
    yield _("Date of issue"), day_text(sheet.issued_on, language=spoken)
    yield _("Date of supply"), day_text(sheet.supplied_on, language=spoken)
    if sheet.original is not None:
        label = _("Takes back") if sheet.is_credit else _("Replaces")
        yield label, sheet.original.reference
    yield _("Currency"), sheet.market.currency


def _stressed(sheet: Sheet) -> str:
    if not sheet.reference:
        return _("This is a preview, not an invoice. The number is given when it is issued.")
    if _paid_ahead(sheet):
        return (
            _("Nothing is paid out for it: the money stays on the account.")
            if sheet.is_credit
            else _("Paid in ahead; nothing is left to pay.")
        )
    return (
        _("It is settled by set-off; nothing is paid for it by itself.")
        if sheet.is_credit
        else _("Do not pay this invoice by itself: it is settled by set-off.")
    )


def _text(sheet: Sheet) -> str:
    original = sheet.original
    if sheet.is_credit and original is not None:
        told = {"number": original.reference, "reason": plain(sheet.reason)}
        return _("It takes back invoice %(number)s as a whole. Reason: %(reason)s") % told
    about = (
        ngettext("It is for a deposit.", "It is for %(count)s deposits.", len(sheet.lines))
        if sheet.subject == Subject.DEPOSITS
        else ngettext(
            "It is for a fee that no deposit covers.",
            "It is for %(count)s fees that no deposit covers.",
            len(sheet.lines),
        )
    ) % {"count": len(sheet.lines)}
    if original is None:
        return about
    return about + " " + _("It replaces invoice %(number)s.") % {"number": original.reference}


def _note(sheet: Sheet) -> str:
    lines = "; ".join(f"{label}: {text}" for label, text in coded(sheet))
    vat = _("VAT is computed on the sum, and shared out to the lines.")
    return f"{vat} {plain(lines)}." if lines else vat


def _sums(sheet: Sheet) -> Iterator[Sum]:
    told = {"rate": percent_text(sheet.vat_bp, language=sheet.market.locale)}
    yield Sum(_("Net"), sheet.net)
    yield Sum(_("VAT %(rate)s") % told, sheet.vat)


def _listing(sheet: Sheet) -> Listing:
    count = len(sheet.lines)
    deposits = sheet.subject == Subject.DEPOSITS
    closing = (
        ngettext("Total of %(count)s deposit", "Total of %(count)s deposits", count)
        if deposits
        else ngettext("Total of %(count)s fee", "Total of %(count)s fees", count)
    )
    return Listing(
        _("Deposits") if deposits else _("Fees"),
        (
            Column(_("Deposit") if deposits else _("Fee"), Kind.NUMBER),
            Column(_("Received") if deposits else _("Charged"), Kind.DAY),
            Column(_("Paid by") if deposits else _("What for"), Kind.TEXT if deposits else Kind.LONG),
            Column(_("Net"), Kind.AMOUNT, sheet.net),
            Column(_("VAT"), Kind.AMOUNT, sheet.vat),
            Column(_("Amount"), Kind.AMOUNT, sheet.gross),
        ),
        count,
        closing % {"count": count},
    )


def _what(text: str, is_part: bool) -> str:
    return _("%(what)s, in part") % {"what": text} if is_part else text


def _paid_ahead(sheet: Sheet) -> bool:
    return sheet.subject == Subject.DEPOSITS


def _party(told: Mapping[str, Any]) -> PartyFacts:
    return PartyFacts(**{name: plain(str(told[name])) for name in KNOWN if name in told})
