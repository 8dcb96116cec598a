"""Issuing vouchers in the back office: one by a form, many by a file."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import RegexValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.kernel.backoffice import actor, badge
from marketplace.kernel.desk import DeskAdmin, acting
from marketplace.kernel.desk_parts import Notice, Table
from marketplace.kernel.typed import NotAnAmount, amount_in
from marketplace.kernel.zones import local_date
from marketplace.parties.models import Market
from marketplace.vouchers.files import issue_file
from marketplace.vouchers.models import Origin, Voucher
from marketplace.vouchers.operations import Outcome, Told, issue_vouchers
from marketplace.vouchers.rules import VoucherFacts, new_code

MOST_BYTES = 2_000_000
MOST = 500
"""Lines a page names; of a longer file only those that were refused."""

OUTCOMES: dict[Outcome, tuple[Any, str]] = {
    Outcome.ISSUED: (gettext_lazy("issued"), "ok"),
    Outcome.UNCHANGED: (gettext_lazy("unchanged"), "none"),
    Outcome.REFUSED: (gettext_lazy("refused"), "bad"),
}


def may_issue(request: HttpRequest) -> bool:
    """Whether the login may issue vouchers."""
    return request.user.has_perm("vouchers.add_voucher")


class _Form(forms.Form):
    market = forms.ModelChoiceField(Market.objects.order_by("code"), label=gettext_lazy("Market"))
    origin = forms.ChoiceField(
        choices=Origin,
        label=gettext_lazy("How it came about"),
        help_text=gettext_lazy(
            "Sold: its money reached the marketplace's bank. Given away: at the marketplace's own expense."
        ),
    )


class IssueForm(_Form):
    """One voucher."""

    amount = forms.CharField(
        label=gettext_lazy("Amount"),
        max_length=20,
        help_text=gettext_lazy("In the market's currency: 5000 or 49.90."),
    )
    expires_on = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=gettext_lazy("It can pay up to and including this day. Empty: it does not expire."),
    )
    code = forms.CharField(
        label=gettext_lazy("Code"),
        required=False,
        validators=[
            RegexValidator(
                r"^[A-Za-z0-9._/-]{4,40}$",
                gettext_lazy("4 to 40 letters, digits, dots, dashes, slashes or underscores."),
            )
        ],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Empty: one that nobody guesses is made."),
    )

    def clean_amount(self) -> int:
        try:
            amount = amount_in(self.cleaned_data["amount"])
        except NotAnAmount as refusal:
            raise forms.ValidationError(str(refusal)) from None
        if not amount:
            raise forms.ValidationError(_("A voucher of nothing pays nothing."))
        return amount

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        market, last = told.get("market"), told.get("expires_on")
        if market and last and last < local_date(timezone.now(), market.zone):
            self.add_error("expires_on", _("This day has passed."))
        return told


class BatchForm(_Form):
    """A file of vouchers."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            'One voucher a line: {"code": "SPRING-4711", "amount": "5000.00", "expires_on": "2027-03-31"}. '
            "The same file again changes nothing."
        ),
    )

    def clean_file(self) -> "UploadedFile[bytes]":
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(
                _("The file is too large for this page: split it, or have it taken in by import_vouchers.")
            )
        return file


def issue_page(desk: DeskAdmin, request: HttpRequest) -> HttpResponse:
    """A form for one voucher, and what becomes of it."""
    _check_right(request)
    # The code stands there before: the same form sent twice issues one voucher.
    form = IssueForm(request.POST if request.method == "POST" else None, initial={"code": new_code()})
    if form.is_valid():
        voucher = _issue(request, form)
        if voucher is not None:
            messages.success(request, _("Issued. Its code: %(code)s") % {"code": voucher.code})
            return redirect("admin:vouchers_voucher_change", voucher.pk)
    return desk.own_page(request, title=_("Issue a voucher"), form=form, submit=_("Issue"))


def _issue(request: HttpRequest, form: IssueForm) -> Voucher | None:
    told = form.cleaned_data
    market, code = told["market"], told["code"] or new_code()
    facts = VoucherFacts(code, told["amount"], told["expires_on"])
    (outcome,) = issue_vouchers(market=market, told=[facts], origin=told["origin"], **acting(request))
    if outcome.outcome == Outcome.ISSUED:
        return Voucher.objects.get(market=market, code=code)
    same = _("A voucher with this code and amount was issued already; nothing was changed.")
    form.add_error("code", outcome.reason or same)
    return None


def batch_page(desk: DeskAdmin, request: HttpRequest) -> HttpResponse:
    """A form for a file of vouchers, and line by line what became of it."""
    _check_right(request)
    form = BatchForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form, "submit": _("Issue")}
    if form.is_valid():
        told = form.cleaned_data
        outcomes = issue_file(
            market=told["market"],
            file=told["file"],
            origin=told["origin"],
            by=actor(request),
            clock=timezone.now,
        )
        lines = sorted(outcomes, key=lambda line: line[0])
        context = {"notices": [_summary(lines)], "tables": [_outcomes(lines)]}
    return desk.own_page(request, title=_("Issue a file of vouchers"), **context)


def _check_right(request: HttpRequest) -> None:
    if not may_issue(request):
        raise PermissionDenied


def _summary(lines: Sequence[tuple[int, Told]]) -> Notice:
    counts = Counter(told.outcome for _place, told in lines)
    text = ", ".join(f"{counts[outcome]} {label}" for outcome, (label, _tone) in OUTCOMES.items())
    return Notice(text, "bad" if counts[Outcome.REFUSED] else "ok")


def _outcomes(lines: Sequence[tuple[int, Told]]) -> Table:
    shown = [line for line in lines if line[1].outcome == Outcome.REFUSED] if len(lines) > MOST else lines
    return Table(
        title=_("What became of each line"),
        words=(_("line"), _("code"), _("what"), _("why")),
        rows=[
            (
                place,
                format_html('<span class="nowrap">{}</span>', told.code or "–"),
                badge(*OUTCOMES[told.outcome]),
                told.reason or "–",
            )
            for place, told in shown[:MOST]
        ],
        empty=_("The file has no line that says anything.") if not lines else _("All lines were taken."),
        more=_("Only refused lines are named, the first %(count)s of them.") % {"count": MOST}
        if len(lines) > MOST
        else "",
    )
