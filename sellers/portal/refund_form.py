"""The form in which a seller tells that it paid a customer's money back, and its proof."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.files import store
from marketplace.kernel.models import StoredFile
from marketplace.kernel.zones import start_of_day
from marketplace.orders.models import Refund
from marketplace.orders.operations.refunding import tell_refund
from marketplace.parties.models import BusinessModel
from sellers.portal.listing import DayField
from settlement.invoices.operations.submitting import KINDS, MOST_BYTES


class RefundForm(forms.Form):
    """When a refund was paid, how, and the proof of it; accounting looks at the proof in resale."""

    paid_on = DayField(label=_("Paid back on"))
    note = forms.CharField(
        label=_("Note"),
        max_length=200,
        required=False,
        help_text=_("For example the number of the transfer."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    proof = forms.FileField(
        label=_("Proof of the payment"),
        required=False,
        help_text=_("PDF, PNG or JPEG, up to 10 MB"),
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )

    def __init__(self, *args: Any, refund: Refund, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = f"refund-{refund.pk}-%s"
        self.refund, self.today = refund, today
        self.initial["paid_on"] = today
        self.fields["proof"].required = refund.order.model == BusinessModel.RESALE

    def clean_paid_on(self) -> date:
        """Read the day.

        :raises ValidationError: if it lies in the future, or before there was anything to pay back.
        """
        told: date = self.cleaned_data["paid_on"]
        if told < timezone.localdate(self.refund.order.placed_at):
            raise forms.ValidationError(_("This day lies before the order."))
        if told > self.today:
            raise forms.ValidationError(_("This day lies in the future."))
        return told

    def clean_proof(self) -> "UploadedFile[Any] | None":
        """Look at the proof.

        :raises ValidationError: if it is no PDF and no picture, or too large.
        """
        sent: UploadedFile[Any] | None = self.cleaned_data["proof"]
        if sent is None:
            return None
        if (sent.size or 0) > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 10 MB; hand in a smaller one."))
        head = sent.read(64)
        sent.seek(0)
        kinds = [kind for kind, begin in KINDS.items() if head.startswith(begin)]
        if not kinds:
            raise forms.ValidationError(
                _("The file is no PDF and no picture (PNG, JPEG); hand in one of these.")
            )
        self.content_type = kinds[0]
        return sent


def tell_as_paid(form: RefundForm, *, by: Any, at: datetime) -> None:
    """Keep the proof and tell the refund as paid: both, or neither.

    :raises IllegalMove: if it was told or paid already.
    :raises NotYoursToPay: if the marketplace pays it.
    """
    refund = form.refund
    paid_on: date = form.cleaned_data["paid_on"]
    paid_at = at if paid_on == timezone.localdate(at) else start_of_day(paid_on, refund.order.market.zone)
    with transaction.atomic():
        tell_refund(
            refund_id=refund.pk,
            paid_at=paid_at,
            proof=_keep(form, seller_id=refund.order.seller_id, at=at),
            note=form.cleaned_data["note"],
            by=by,
            at=at,
        )


def _keep(form: RefundForm, *, seller_id: int, at: datetime) -> StoredFile | None:
    sent: UploadedFile[Any] | None = form.cleaned_data["proof"]
    if sent is None:
        return None
    return store(
        name=sent.name or "proof",
        content_type=form.content_type,
        chunks=sent.chunks(),
        at=at,
        seller_id=seller_id,
    )
