"""What is entered by hand in the back office: a deposit, or a service to be charged."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.kernel.typed import NotAnAmount, amount_in
from marketplace.kernel.zones import local_date, start_of_day
from marketplace.parties.models import Market, Seller
from settlement.billing.models import FeeKind


class MoneyForm(forms.Form):
    """Whose money, how much, and of which day."""

    market = forms.ModelChoiceField(Market.objects.none(), label=gettext_lazy("Market"))
    number = forms.CharField(label=gettext_lazy("Partner number"), max_length=6)
    amount = forms.CharField(
        label=gettext_lazy("Amount"),
        max_length=20,
        help_text=gettext_lazy("In the market's currency, VAT included: 5000 or 49.90."),
    )
    day = forms.DateField(
        label=gettext_lazy("Day"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=gettext_lazy("Empty: today."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        markets: forms.ModelChoiceField[Market] = self.fields["market"]  # type: ignore[assignment]
        markets.queryset = Market.objects.filter(takes_deposits=True).order_by("code")
        if len(only := markets.queryset[:2]) == 1:
            markets.initial = only[0]

    def clean_amount(self) -> int:
        try:
            return amount_in(self.cleaned_data["amount"])
        except NotAnAmount as refusal:
            raise forms.ValidationError(str(refusal)) from None

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if told.get("market") and told.get("number"):
            number = told["number"].strip()
            told["seller"] = Seller.objects.filter(market=told["market"], partner_number=number).first()
            if told["seller"] is None:
                self.add_error("number", _("This market has no seller of this number."))
        return told

    def instant(self, now: datetime) -> datetime:
        """Now, or the beginning of the day told, in the market."""
        day: date | None = self.cleaned_data["day"]
        zone = self.cleaned_data["market"].zone
        return start_of_day(day, zone) if day and day != local_date(now, zone) else now


def form_address(request: HttpRequest) -> str:
    """The address of a form that nobody sent yet."""
    return f"{request.path}?form={uuid4()}"


def key_in_address(request: HttpRequest) -> UUID | None:
    """The key of a form, by its page's address: who goes back finds the form that was sent, no new one."""
    try:
        return UUID(request.GET.get("form", ""))
    except ValueError:
        return None


class KeyedForm(MoneyForm):
    """Money entered by hand once: ``form_key`` makes the same form, sent twice, one thing."""

    form_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, key: UUID | None, **kwargs: Any) -> None:
        super().__init__(*args, initial={"form_key": key}, **kwargs)

    def renew(self) -> None:
        """Give the form, as it is shown again, a key of its own: sent again, it is another one."""
        typed = {name: self.data[name] for name in self.data}
        self.data = typed | {"form_key": str(uuid4())}


class DepositForm(KeyedForm):
    """A deposit entered by hand."""

    method = forms.CharField(
        label=gettext_lazy("Paid by"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("As it stands on the invoice: transfer, cash…"),
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Where one sees that it came in. Whoever approves it reads this."),
    )


class FeeForm(KeyedForm):
    """A service charged by hand."""

    kind = forms.ChoiceField(choices=FeeKind, label=gettext_lazy("Service"))
    text = forms.CharField(
        label=gettext_lazy("What for"),
        max_length=200,
        help_text=gettext_lazy("The seller reads it on the account, and on the invoice."),
    )

    field_order = ("market", "number", "kind", "text", "amount", "day")
