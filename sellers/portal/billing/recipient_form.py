"""The form for whom an invoice is made out to."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from settlement.billing.catalogues import REGIMES, USES
from settlement.billing.refusals import PROBLEMS
from settlement.billing.rules.recipients import CODED, LENGTHS, Recipient, problems_of, recipient_of

LABELS = {
    "name": _("Name"),
    "tax_id": _("Tax id"),
    "street": _("Street"),
    "city": _("City"),
    "zip": _("Postal code"),
    "email": _("E-mail for the invoice"),
    "regime": _("Tax regime"),
    "use": _("Use of the invoice"),
}
CODES = {"regime": REGIMES, "use": USES}
COMPLETIONS = {
    "name": "organization",
    "street": "street-address",
    "city": "address-level2",
    "zip": "postal-code",
    "email": "email",
}


class RecipientForm(forms.Form):
    """The recipient's data as they go on an invoice; the country is the seller's and is not chosen."""

    def __init__(self, *args: Any, recipient: Recipient, keeps: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.country = recipient.country
        for name, longest in LENGTHS.items():
            self.fields[name] = _text_field(name, longest)
        for name in CODED.get(recipient.country, ()):
            self.fields[name] = _code_field(name)
        self.initial.update(recipient.as_json())
        if keeps:
            self.fields["keep"] = forms.BooleanField(
                label=_("Keep it as the recipient of all invoices to come"), required=False
            )

    def clean(self) -> dict[str, Any]:
        """Check what was entered as issuing will: each problem stands at its field."""
        told = super().clean() or {}
        for name, problem in problems_of(self._recipient(told), regimes=REGIMES, uses=USES).items():
            if name in self.fields and name not in self.errors:
                self.add_error(name, str(PROBLEMS[problem]))
        return told

    def told(self) -> Recipient:
        """The recipient as it was entered."""
        return self._recipient(self.cleaned_data)

    def _recipient(self, told: dict[str, Any]) -> Recipient:
        return recipient_of({**told, "country": self.country})


def _text_field(name: str, longest: int) -> forms.Field:
    widget = forms.EmailInput if name == "email" else forms.TextInput
    attributes = {"autocomplete": COMPLETIONS.get(name, "off")}
    return forms.CharField(label=LABELS[name], max_length=longest, widget=widget(attrs=attributes))


def _code_field(name: str) -> forms.Field:
    choices = [("", _("Choose")), *((code, f"{code} – {text}") for code, text in CODES[name].items())]
    return forms.ChoiceField(label=LABELS[name], choices=choices)
