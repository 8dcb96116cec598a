"""The form for what opens the ERP: its first step, and a new token later."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.parties.models import Seller
from sellers.erp.choices import COUNTRIES
from sellers.erp.models import Channel, ChannelState, Provider


class CredentialsForm(forms.Form):
    """Name, e-mail, token and country. The token is never shown again."""

    name = forms.CharField(
        label=_("Name of the channel"),
        max_length=80,
        help_text=_("As you will see it here; useful if you have several companies."),
    )
    email = forms.EmailField(
        label=_("E-mail of your user in Alegra"),
        max_length=254,
        help_text=_("The one you sign in to Alegra with. It belongs to the token."),
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    token = forms.CharField(
        label=_("Token"),
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    country = forms.ChoiceField(
        label=_("Country of your company"),
        help_text=_("It decides which fields an invoice has. If Alegra says otherwise, Alegra is right."),
    )

    def __init__(self, *args: Any, seller: Seller, channel: Channel | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = _begun(seller, channel) | dict(self.initial)
        keeps = channel is not None and channel.state == ChannelState.ON
        token = self.fields["token"]
        token.required = not keeps
        token.help_text = (
            _("Leave it empty to keep the one in use.")
            if keeps
            else _("In Alegra: Settings, Integrations, API. It is kept encrypted and never shown again.")
        )
        if channel is not None:
            del self.fields["country"]
            return
        country = self.fields["country"]
        assert isinstance(country, forms.ChoiceField)
        known = sorted(COUNTRIES.items(), key=lambda each: str(each[1]))
        country.choices = known if self.initial["country"] else [("", _("Choose")), *known]


def _begun(seller: Seller, channel: Channel | None) -> dict[str, str]:
    if channel is not None:
        return {"name": channel.name, "email": channel.email}
    country = seller.country or seller.market.code
    return {"name": Provider.ALEGRA.label, "country": country if country in COUNTRIES else ""}
