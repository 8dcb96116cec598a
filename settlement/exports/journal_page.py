"""The page of the back office that hands out the journal as a file."""

from datetime import timedelta
from io import TextIOWrapper
from tempfile import TemporaryFile
from typing import IO, Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.kernel.audit import record
from marketplace.kernel.desk import DeskAdmin, acting
from marketplace.ledger.models import Entry
from marketplace.parties.models import Market, Seller
from settlement.exports.formats import XLSX
from settlement.exports.journal import Journal, Scope
from settlement.exports.journal_files import write_csv, write_workbook

MOST_LINES = 500_000
"""What is written while somebody waits for it."""
RIGHTS = ("ledger.view_entry", "ledger.view_posting", "ledger.view_account")
FORMATS = {"xlsx": gettext_lazy("Excel, with the trial balance"), "csv": gettext_lazy("CSV")}


def may_export(request: HttpRequest) -> bool:
    """Whether the login may read the journal, and so have it as a file."""
    return request.user.has_perms(RIGHTS)


class JournalForm(forms.Form):
    """Which days of which market, of all accounts or of one seller's."""

    market = forms.ModelChoiceField(Market.objects.order_by("code"), label=gettext_lazy("Market"))
    first = forms.DateField(
        label=gettext_lazy("First day"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    last = forms.DateField(
        label=gettext_lazy("Last day"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    number = forms.CharField(
        label=gettext_lazy("Partner number"),
        max_length=6,
        required=False,
        help_text=gettext_lazy("Empty: all accounts. Else the accounts of this seller alone."),
    )
    form = forms.ChoiceField(label=gettext_lazy("File"), choices=list(FORMATS.items()))

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        market, first, last = (told.get(name) for name in ("market", "first", "last"))
        if first and last and first > last:
            self.add_error("last", _("The last day lies before the first."))
        if market and (number := told.get("number", "").strip()):
            told["seller"] = Seller.objects.filter(market=market, partner_number=number).first()
            if told["seller"] is None:
                self.add_error("number", _("This market has no seller of this number."))
        if not self.errors:
            self._check_size(told)
        return told

    def _check_size(self, told: dict[str, Any]) -> None:
        told["scope"] = Scope(told["market"], told["first"], told["last"], told.get("seller"))
        if len(told["scope"].postings().values("pk")[MOST_LINES : MOST_LINES + 1]):
            text = _("These are more than %(most)s lines; ask for fewer days, or for one seller.")
            raise forms.ValidationError(text % {"most": f"{MOST_LINES:,}"})


def journal_page(desk: DeskAdmin, request: HttpRequest) -> HttpResponseBase:
    """A form for the journal of some days, and the file it asks for; noted in the audit trail."""
    if not may_export(request):
        raise PermissionDenied
    asked = "form" in request.GET
    form = JournalForm(request.GET if asked else None, initial=_last_month(request))
    if not form.is_valid():
        frame: dict[str, Any] = {
            "opts": Entry._meta,
            "title": _("Download the journal"),
            "submit": _("Download"),
        }
        return desk.own_page(request, form=form, method="get", **frame)
    return _file(request, form.cleaned_data["scope"], form.cleaned_data["form"])


def _last_month(request: HttpRequest) -> dict[str, Any]:
    last = timezone.localdate().replace(day=1) - timedelta(days=1)
    first = last.replace(day=1)
    return {"first": first.isoformat(), "last": last.isoformat(), "market": request.GET.get("market")}


def _file(request: HttpRequest, scope: Scope, form: str) -> HttpResponseBase:
    """The journal, written to a file that is gone with the answer."""
    out, told = TemporaryFile(), acting(request)  # noqa: SIM115 - the response closes it
    count = _write(out, Journal(scope), form, told["at"])
    whose = f"-{scope.seller.partner_number}" if scope.seller else ""
    name = f"journal-{scope.market.code}{whose}-{scope.first_on}-{scope.last_on}.{form}"
    seller_id = scope.seller.pk if scope.seller else None
    record(verb="journal.downloaded", subject=name, seller_id=seller_id, details={"lines": count}, **told)
    out.seek(0)
    kind = XLSX if form == "xlsx" else "text/csv; charset=utf-8"
    answer = FileResponse(out, as_attachment=True, filename=name, content_type=kind)
    answer["Cache-Control"] = "no-store"
    return answer


def _write(out: IO[bytes], journal: Journal, form: str, at: Any) -> int:
    if form == "xlsx":
        return write_workbook(out, journal, at=at)
    text = TextIOWrapper(out, encoding="utf-8-sig", newline="")
    count = write_csv(text, journal)
    text.flush()
    text.detach()
    return count
