"""Bank files in the back office: uploaded, and what became of their movements."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from marketplace.kernel.backoffice import money, state_column
from marketplace.kernel.days import span_text
from marketplace.kernel.desk import DeskAdmin, acting
from marketplace.kernel.desk_parts import Notice, Table, history, list_link
from marketplace.parties.models import Market
from settlement.payouts.admin.movements import MOST, movement_table
from settlement.payouts.bank_answers.tree import MOST_BYTES
from settlement.payouts.models import BankEntry, EntryState, Statement, StatementState
from settlement.payouts.operations.reading import TakenBefore, upload_statement

TONES: dict[str, str] = {
    StatementState.READING: "info",
    StatementState.READ: "ok",
    StatementState.UNREADABLE: "bad",
}


class UploadForm(forms.Form):
    """A market, and a file from its bank."""

    market = forms.ModelChoiceField(Market.objects.order_by("code"), label=_("Market"))
    file = forms.FileField(label=_("File"))

    def clean_file(self) -> "UploadedFile[bytes]":
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(
                _("The file is too large to be read. Ask the bank for statements of fewer days.")
            )
        return file


@admin.register(Statement)
class StatementAdmin(DeskAdmin):
    list_display = (
        "shown",
        "market",
        "shown_state",
        "span",
        "shown_opening",
        "shown_closing",
        "movements",
        "matched",
        "unmatched",
        "note",
    )
    list_filter = ("state", "market")
    search_fields = ("number", "file__name", "account")
    ordering = ("-uploaded_at", "-pk")
    list_select_related = ("market", "file", "uploaded_by")
    change_list_template = "admin/payouts/statements.html"
    papers = {"file": _("File")}
    fields = readonly_fields = (
        "shown",
        "market",
        "shown_state",
        "kind",
        "account",
        "span",
        "shown_opening",
        "shown_closing",
        "movements",
        "unmatched",
        "note",
        "uploaded_at",
        "uploaded_by",
        "files",
    )
    shown_state = state_column(TONES)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Each file with how many movements it tells of, and what became of them, in the same query."""
        return (
            super()
            .get_queryset(request)
            .annotate(
                told=Count("entries"),
                done=Count("entries", filter=Q(entries__state=EntryState.MATCHED)),
                waiting=Count("entries", filter=Q(entries__state=EntryState.UNMATCHED)),
            )
        )

    @admin.display(description=_("bank file"), ordering="number")
    def shown(self, row: Statement) -> str:
        return str(row)

    @admin.display(description=_("days"), ordering="to_on")
    def span(self, row: Statement) -> str:
        first, last = row.from_on or row.to_on, row.to_on or row.from_on
        if first is None or last is None:
            return "–"
        return span_text(first, last, language=get_language() or "en")

    @admin.display(description=_("opening balance"), ordering="opening")
    def shown_opening(self, row: Statement) -> SafeString:
        return money(row.opening, row.currency or row.market.currency)

    @admin.display(description=_("closing balance"), ordering="closing")
    def shown_closing(self, row: Statement) -> SafeString:
        return money(row.closing, row.currency or row.market.currency)

    @admin.display(description=_("movements"), ordering="told")
    def movements(self, row: Any) -> SafeString:
        return _movements(row, row.told, "all")

    @admin.display(description=_("matched"), ordering="done")
    def matched(self, row: Any) -> SafeString:
        return _movements(row, row.done, EntryState.MATCHED)

    @admin.display(description=_("unmatched"), ordering="waiting")
    def unmatched(self, row: Any) -> SafeString:
        return _movements(row, row.waiting, EntryState.UNMATCHED)

    def notices(self, request: HttpRequest, row: Any) -> Iterable[Notice]:
        if row.state == StatementState.READING:
            yield Notice(_("It is being read; look again in a moment."))
        if row.note:
            yield Notice(row.note, "bad" if row.state == StatementState.UNREADABLE else "warn")
        if row.waiting:
            text = ngettext(
                "%(count)s movement waits for a person.",
                "%(count)s movements wait for a person.",
                row.waiting,
            )
            yield Notice(text % {"count": row.waiting}, "warn")

    def tables(self, row: Any) -> Iterable[Table]:
        text = _("All %(count)s movements") % {"count": row.told}
        more = list_link(BankEntry, text, statement=row.pk, state="all") if row.told > MOST else ""
        yield movement_table(row.entries.all(), more=more)
        yield history(row, TONES)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        panel = {"upload": UploadForm() if self.has_act_permission(request) else None}
        return super().changelist_view(request, {**panel, **(extra_context or {})})

    def get_urls(self) -> list[URLPattern]:
        upload = self.admin_site.admin_view(require_POST(self.upload))
        return [path("upload/", upload, name="payouts_statement_upload"), *super().get_urls()]

    def upload(self, request: HttpRequest) -> HttpResponse:
        """Take in a file from a market's bank, and show what becomes of it."""
        if not self.has_act_permission(request):
            raise PermissionDenied
        form = UploadForm(request.POST, request.FILES)
        if not form.is_valid():
            for problems in form.errors.values():
                messages.error(request, " ".join(str(problem) for problem in problems))
            return redirect("admin:payouts_statement_changelist")
        market, file = form.cleaned_data["market"], form.cleaned_data["file"]
        try:
            told = {"market": market, "name": file.name, "chunks": file.chunks()}
            statement = upload_statement(**told, **acting(request))
        except TakenBefore as refusal:
            messages.error(request, str(refusal))
            return redirect("admin:payouts_statement_changelist")
        messages.success(request, _("Taken in. Its movements are being read and matched."))
        return redirect("admin:payouts_statement_change", statement.pk)


def _movements(row: Any, count: int, state: str) -> SafeString:
    if not count:
        return SafeString("0")
    return list_link(BankEntry, count, statement=row.pk, state=state)
