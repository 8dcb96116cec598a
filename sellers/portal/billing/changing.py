"""A wish to change an invoice while it is being written: what was entered, and what would come of it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sellers.portal.billing.recipient_form import RecipientForm
from sellers.portal.billing.splitting import Board, board_of
from settlement.billing.catalogues import reasons_for
from settlement.billing.models import BillingInvoice, Wish
from settlement.billing.operations.requesting import check_wanted, whole_of
from settlement.billing.previews import preview_html
from settlement.billing.refusals import Refused
from settlement.billing.rules.recipients import recipient_of
from settlement.billing.rules.splitting import Wanted
from settlement.billing.sheets import Sheet, sheet_of_credit, sheets_of_wanted, title_of

MOST_SHOWN = 500
"""Lines of all papers together that a page of previews shows."""


class ReasonForm(forms.Form):
    """Why: in words, and by the authority's code where it has some."""

    def __init__(self, *args: Any, invoice: BillingInvoice, wish: Wish, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if codes := reasons_for(invoice.market.code, wish):
            choices = [("", _("Choose")), *codes.items()]
            self.fields["reason_code"] = forms.ChoiceField(
                label=gettext_lazy("Reason, as the tax authority codes it"), choices=choices
            )
        self.fields["reason"] = forms.CharField(
            label=gettext_lazy("Reason in your words"),
            max_length=300,
            widget=forms.Textarea(attrs={"rows": 3}),
            help_text=gettext_lazy("Accounting reads it, and it stands on the credit note."),
        )


@dataclass(frozen=True, slots=True)
class Result:
    """A paper that would come of it; ``page`` is the paper itself, where it is short enough to show."""

    title: str
    sheet: Sheet
    page: str


class ChangeDraft:
    """A change of an invoice as its seller writes it."""

    def __init__(self, invoice: BillingInvoice, wish: Wish, told: Mapping[str, Any] | None = None) -> None:
        self.invoice, self.wish = invoice, wish
        self.reason = ReasonForm(told, invoice=invoice, wish=wish)
        self.board: Board | None = board_of(invoice, told or {}) if wish == Wish.SPLIT else None
        self.recipients = [self._recipient(told, number) for number in self._numbers()]
        self.refusal = ""

    def is_valid(self) -> bool:
        """Whether it could be sent; what is wrong stands at its field, or in ``refusal``."""
        fine = [each.is_valid() for each in (self.reason, *self.recipients)]
        if self.board is not None and self.board.problems:
            self.refusal = " ".join(self.board.problems)
        elif all(fine):
            self.refusal = self._refused()
        return all(fine) and not self.refusal

    @property
    def wanted(self) -> list[Wanted]:
        """The invoices that are to replace it."""
        told = [form.told() for form in self.recipients]
        if self.board is None:
            return [whole_of(self.invoice, each) for each in told]
        return [Wanted(each, tuple(self.board.parts[number])) for number, each in enumerate(told, start=1)]

    @property
    def texts(self) -> dict[str, str]:
        """The reason as it was given."""
        told = self.reason.cleaned_data
        return {"reason": told["reason"], "reason_code": told.get("reason_code", "")}

    @property
    def fingerprint(self) -> str:
        """What was looked at: with anything else it is another."""
        told = [[each.as_json() for each in self.wanted], self.texts]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()

    def results(self, *, at: datetime) -> list[Result]:
        """The credit note and the invoices that would come of it."""
        wanted = self.wanted
        sheets = [sheet_of_credit(invoice=self.invoice, at=at, **self.texts)]
        sheets += sheets_of_wanted(invoice=self.invoice, wanted=wanted, at=at) if wanted else []
        short = sum(len(sheet.lines) for sheet in sheets) <= MOST_SHOWN
        return [Result(title_of(sheet), sheet, preview_html(sheet) if short else "") for sheet in sheets]

    def _numbers(self) -> Sequence[int]:
        if self.board is not None:
            return self.board.numbers
        return [] if self.wish == Wish.CANCEL else [1]

    def _recipient(self, told: Mapping[str, Any] | None, number: int) -> RecipientForm:
        """A form for whom one of the invoices is made out to; of an invoice just added nothing is told."""
        known = told is not None and f"to{number}-name" in told
        return RecipientForm(
            told if known else None,
            recipient=recipient_of(self.invoice.parties["recipient"]),
            prefix=f"to{number}",
        )

    def _refused(self) -> str:
        try:
            check_wanted(self.invoice, self.wish, self.wanted)
        except Refused as refusal:
            return str(refusal)
        return ""
