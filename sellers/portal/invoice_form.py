"""The form in which a seller hands in the invoice for a document: all of it filled in but number and file."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.forms import BoundField
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.amounts import amount_text, percent_text
from sellers.portal.listing import DayField
from settlement.documents.models import Document, DocumentRate
from settlement.exports.cells import NotAnAmount, TooFine, amount
from settlement.invoices.operations.submitting import Paper
from settlement.invoices.rules import Sums, Told

MOST_MINOR = 10**15


class AmountField(forms.CharField):
    """An amount of money as a person types it, in minor units."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "num"})

    def clean(self, value: Any) -> Any:
        """Read an amount.

        :raises ValidationError: if it is none, finer than a hundredth, or beyond any invoice.
        """
        text = super().clean(value)
        try:
            minor = amount(text)
        except TooFine:
            raise forms.ValidationError(_("This amount has more than two decimals.")) from None
        except NotAnAmount:
            raise forms.ValidationError(_("This is no amount; write it like 1,234.50.")) from None
        if minor is None or abs(minor) > MOST_MINOR:
            raise forms.ValidationError(_("This is no amount; write it like 1,234.50."))
        return minor


class InvoiceForm(forms.Form):
    """What stands on the seller's invoice; per VAT rate of the document a net and a VAT."""

    number = forms.CharField(
        label=_("Invoice number"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    issued_on = DayField(label=_("Date of issue"))
    reference = forms.CharField(label=_("Reference on your invoice"), max_length=40)
    currency = forms.CharField(label=_("Currency"), max_length=3, min_length=3)
    file = forms.FileField(label=_("File"))

    def __init__(self, *args: Any, document: Document, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if document.is_credit:
            self.fields["number"].label = _("Credit note number")
            self.fields["reference"].label = _("Reference on your credit note")
        self.initial["issued_on"] = today
        self.initial["reference"] = document.reference
        self.initial["currency"] = document.currency
        self.rates: list[DocumentRate] = list(document.rates.order_by("vat_bp"))
        language = get_language() or "en"
        for rate in self.rates:
            told = {"rate": percent_text(rate.vat_bp, language=language)}
            for name, label, minor in (
                (f"net_{rate.vat_bp}", _("Net at %(rate)s"), rate.net),
                (f"vat_{rate.vat_bp}", _("VAT at %(rate)s"), rate.vat),
            ):
                first = amount_text(minor, currency=document.currency, language=language)
                self.fields[name] = AmountField(label=label % told, initial=first)

    @property
    def heads(self) -> list[BoundField]:
        """The fields about the whole invoice."""
        return [self[name] for name in ("number", "issued_on", "reference", "currency")]

    @property
    def amounts(self) -> list[BoundField]:
        """The fields of money, a net and a VAT per rate."""
        return [self[f"{kind}_{rate.vat_bp}"] for rate in self.rates for kind in ("net", "vat")]

    def told(self) -> Told:
        """The invoice as it was entered."""
        entered: Mapping[str, Any] = self.cleaned_data
        return Told(
            number=entered["number"],
            issued_on=entered["issued_on"],
            currency=entered["currency"].upper(),
            reference=entered["reference"],
            rates={
                rate.vat_bp: Sums(entered[f"net_{rate.vat_bp}"], entered[f"vat_{rate.vat_bp}"])
                for rate in self.rates
            },
        )

    def paper(self) -> Paper:
        """The file as it was uploaded."""
        sent: UploadedFile[Any] = self.cleaned_data["file"]
        head = sent.read(64)
        sent.seek(0)
        return Paper(name=sent.name or "invoice", head=head, size=sent.size or 0, chunks=sent.chunks())
