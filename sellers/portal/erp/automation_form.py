"""The form for what is invoiced by itself, and how."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from marketplace.orders.models import Order
from sellers.erp.choices import BY_COUNTRY, STAMP_NEEDS, has_field
from sellers.erp.models import Channel, OrderGroup
from sellers.erp.operations.connecting import AUTOMATION
from sellers.portal.erp.grouped import Group, GroupedForm
from sellers.portal.erp.offered import coded_field, offered_field

CODED: dict[str, tuple[Any, Any, Any]] = {
    "id_type": (
        _("Identification type"),
        _("What kind the default document is, where the configuration does not say."),
        _("The usual one"),
    ),
    "kind_of_person": (
        _("Kind of person"),
        _("What a buyer without a tax id is."),
        _("The usual one (natural person)"),
    ),
    "regime": (
        _("Regime"),
        _("The tax regime buyers are entered with."),
        pgettext_lazy("nothing chosen", "None"),
    ),
    "payment_form": (
        _("Payment form"),
        _("Whether orders are paid at once. Issuing needs it."),
        pgettext_lazy("nothing chosen", "None"),
    ),
    "payment_method": (
        _("Payment method"),
        _("As it stands on the invoice."),
        pgettext_lazy("nothing chosen", "None"),
    ),
    "cfdi_use": (
        _("Use of the CFDI"),
        _("What buyers use the invoice for. Issuing needs it."),
        pgettext_lazy("nothing chosen", "None"),
    ),
}


class AutomationForm(GroupedForm):
    """Which orders are invoiced by themselves, as what, and what the country wants to be told."""

    GROUPS = (
        Group("which", _("Which orders"), "", ("source_channels", "order_groups", "fulfilment")),
        Group(
            "what",
            _("What is made"),
            _("This holds for orders you invoice by a click, too."),
            ("as_draft", "stamp", "numbering", "automatic_warehouse", "automatic_price_list"),
        ),
        Group("country", _("What your country asks for"), "", tuple(CODED)),
    )

    automatic = forms.BooleanField(
        label=_("Invoice orders automatically"),
        required=False,
        help_text=_(
            "It takes the orders placed from the moment you switch it on, each once. Orders of before are"
            " invoiced by a click."
        ),
    )
    source_channels = forms.MultipleChoiceField(
        label=_("Source channels"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Where orders were made. None ticked means all."),
    )
    order_groups = forms.MultipleChoiceField(
        label=_("Order statuses"),
        choices=OrderGroup.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "An order is taken once it has one of these, pending ones once you have confirmed them. None"
            " ticked means all. Tests never are."
        ),
    )
    fulfilment = forms.BooleanField(
        label=_("Invoice fulfilment orders"),
        required=False,
        help_text=_("Orders that the marketplace's own warehouse sends for you."),
    )
    as_draft = forms.TypedChoiceField(
        label=_("The invoice is made as"),
        choices=[
            ("draft", _("Draft: you look at it and open it in Alegra")),
            ("open", _("Open: it counts at once")),
        ],
        coerce=lambda told: told == "draft",
        widget=forms.RadioSelect,
    )
    stamp = forms.BooleanField(
        label=_("Issue it (stamp)"),
        required=False,
        help_text=_(
            "It goes to the tax authority and cannot be changed after that. It needs an open invoice and a"
            " numbering."
        ),
    )

    def __init__(self, *args: Any, channel: Channel, **kwargs: Any) -> None:
        kwargs.setdefault("initial", _begun(channel))
        super().__init__(*args, **kwargs)
        self.channel = channel
        sources = self.fields["source_channels"]
        assert isinstance(sources, forms.MultipleChoiceField)
        sources.choices = [(name, name) for name in sources_of(channel)]
        if not sources.choices:
            del self.fields["source_channels"]
        self._add_offered()
        for name in filter(lambda name: has_field(name, channel.country), BY_COUNTRY):
            label, text, none = CODED[name]
            self.fields[name] = coded_field(channel, name, label=label, help_text=text, none=none)

    def _add_offered(self) -> None:
        of_channel = _("As in the configuration")
        for name, kind, label, text, none in (
            (
                "numbering",
                "numberings",
                _("Numbering"),
                _("Issuing needs one."),
                _("Alegra's main numbering"),
            ),
            ("automatic_warehouse", "warehouses", _("Warehouse"), "", of_channel),
            ("automatic_price_list", "price_lists", _("Price list"), "", of_channel),
        ):
            self.fields[name] = offered_field(
                self.channel, name, kind, label=label, help_text=text, none=none
            )

    def clean(self) -> dict[str, Any]:
        """Refuse what the ERP would refuse with every order."""
        told = super().clean() or {}
        if told.get("stamp"):
            for name, text in self._unstampable(told):
                if name in self.fields and name not in self.errors:
                    self.add_error(name, text)
        return told

    def told(self) -> dict[str, Any]:
        """What was chosen, the switch itself left out; a field that is not shown stays as it is."""
        return {name: self.cleaned_data[name] for name in AUTOMATION if name in self.cleaned_data}

    def _unstampable(self, told: dict[str, Any]) -> Iterable[tuple[str, str]]:
        if told.get("as_draft"):
            yield "as_draft", gettext("A draft is not issued. Choose “open”, or do not issue.")
        needed = ("numbering", *STAMP_NEEDS.get(self.channel.country, ()))
        for name in needed:
            if not told.get(name):
                yield name, gettext("Without it the invoice cannot be issued. Choose one, or do not issue.")


def sources_of(channel: Channel) -> list[str]:
    """Where the seller's orders were made, and what was chosen though there is none of it."""
    rows = Order.objects.filter(seller=channel.seller_id).order_by()
    found = rows.exclude(channel="").values_list("channel", flat=True).distinct()
    return sorted({*found, *channel.source_channels})


def _begun(channel: Channel) -> dict[str, Any]:
    """What the form begins with; until it is switched on for the first time, as a step or later, it proposes
    statuses without cancelled orders.
    """
    initial = {name: getattr(channel, name) for name in (*AUTOMATION, "automatic")}
    initial["as_draft"] = "draft" if channel.as_draft else "open"
    if not channel.order_groups and channel.automatic_since is None:
        initial["order_groups"] = [OrderGroup.SENT, OrderGroup.COMPLETED]
    return initial
