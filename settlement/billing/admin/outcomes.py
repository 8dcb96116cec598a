"""What comes of a change request: the papers that will be issued, or were, beside the invoice it is about."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from marketplace.kernel.amounts import money_text
from marketplace.kernel.backoffice import badge, money
from marketplace.kernel.desk_parts import Table, link_for, moment
from settlement.billing.admin.parts import MOST, only_first
from settlement.billing.admin.recipients import differences
from settlement.billing.models import BillingInvoice, BillingKind, ChangeRequest, RequestState
from settlement.billing.rules.splitting import wanted_of
from settlement.billing.sheets import Sheet, sheet_of, sheets_of_wanted


def results_of(row: ChangeRequest) -> list[Sheet]:
    """The invoices that replace the one it is about: as issued, else as they would be."""
    if row.state == RequestState.DONE:
        issued = row.issued.filter(kind=BillingKind.INVOICE).order_by("pk")
        return [sheet_of(each) for each in issued.select_related("market", "credits", "replaces")]
    wanted = wanted_of(row.wanted)
    return sheets_of_wanted(invoice=row.invoice, wanted=wanted, at=timezone.now()) if wanted else []


def in_words(row: ChangeRequest) -> str:
    """What approving it issues, in a sentence."""
    invoice, count = row.invoice, len(row.wanted)
    total = money_text(invoice.gross, currency=invoice.currency, language=get_language() or "en")
    told = {"invoice": invoice, "total": total, "count": count}
    if not count:
        return _("Approving it issues a credit note for %(invoice)s over %(total)s, and no invoice.") % told
    return (
        ngettext(
            "Approving it issues a credit note for %(invoice)s over %(total)s, and %(count)s invoice in its"
            " place.",
            "Approving it issues a credit note for %(invoice)s over %(total)s, and %(count)s invoices in its "
            "place.",
            count,
        )
        % told
    )


def tables(request: HttpRequest, row: ChangeRequest) -> Iterator[Table]:
    """The papers with their totals, who they are made out to, and what stands on which."""
    sheets = results_of(row)
    yield _papers(request, row, sheets)
    if sheets:
        yield _recipients(row.invoice, sheets)
        yield _lines(row.invoice, sheets)


def _papers(request: HttpRequest, row: ChangeRequest, sheets: Sequence[Sheet]) -> Table:
    invoice, done = row.invoice, row.state == RequestState.DONE
    note = BillingInvoice.objects.filter(credits=invoice).first() if done else None
    before = (_("Invoice as it is"), link_for(request, invoice), *_whom(invoice.parties["recipient"]))
    credit = (_("Credit note"), link_for(request, note), *_whom(invoice.parties["recipient"]))
    after = [
        (
            _name(place, sheets),
            each.reference or "–",
            *_whom(each.recipient),
            *_sums(each, each.market.currency),
        )
        for place, each in enumerate(sheets, start=1)
    ]
    return Table(
        title=_("What was issued") if done else _("What will be issued"),
        words=(_("paper"), _("number"), _("recipient"), _("tax id")),
        figures=(_("net"), _("VAT"), _("total")),
        rows=[
            (*before, *_sums(invoice, invoice.currency)),
            (*credit, *_sums(invoice, invoice.currency, sign=-1)),
            *after,
        ],
        foot=_totals(invoice, sheets) if sheets else [],
    )


def _totals(invoice: BillingInvoice, sheets: Sequence[Sheet]) -> list[tuple[Any, ...]]:
    """The new invoices' sum, and whether it is the old one's to the cent."""
    sums = [sum(getattr(each, name) for each in sheets) for name in ("net", "vat", "gross")]
    same = sums[2] == invoice.gross
    check = badge(_("same as before"), "ok") if same else badge(_("differs from before"), "bad")
    return [(_("In place of it"), "", check, "", *(money(each, invoice.currency) for each in sums))]


def _recipients(invoice: BillingInvoice, sheets: Sequence[Sheet]) -> Table:
    rows: list[tuple[Any, ...]] = []
    for place, sheet in enumerate(sheets, start=1):
        changed = list(differences(invoice.parties["recipient"], sheet.recipient))
        name = _name(place, sheets)
        rows += [(name, *each) for each in changed] or [(name, _("nothing changes"), "–", "–")]
    return Table(
        title=_("What changes of the recipient"),
        words=(_("paper"), _("what"), _("before"), _("after")),
        rows=rows,
    )


def _lines(invoice: BillingInvoice, sheets: Sequence[Sheet]) -> Table:
    shown = [
        (
            _name(place, sheets),
            line.reference,
            moment(line.on),
            line.what,
            _("a part") if line.is_part else _("all of it"),
            *_sums(line, invoice.currency),
        )
        for place, sheet in enumerate(sheets, start=1)
        for line in sheet.lines[: MOST + 1]
    ]
    return Table(
        title=_("What stands on which"),
        words=(_("paper"), _("number"), _("day"), _("what for"), _("which part")),
        figures=(_("net"), _("VAT"), _("amount")),
        rows=shown[:MOST],
        more=only_first(shown),
    )


def _name(place: int, sheets: Sequence[Sheet]) -> str:
    if len(sheets) == 1:
        return _("Corrected invoice")
    return _("Invoice %(place)s of %(count)s") % {"place": place, "count": len(sheets)}


def _whom(recipient: Any) -> tuple[str, str]:
    return recipient["name"], recipient["tax_id"]


def _sums(told: Any, currency: str, *, sign: int = 1) -> Iterable[SafeString]:
    return (money(sign * amount, currency) for amount in (told.net, told.vat, told.gross))
