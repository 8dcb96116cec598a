"""The form for how orders are written in the ERP."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sellers.erp.choices import has_field
from sellers.erp.models import Channel, SkuField
from sellers.erp.operations.connecting import CONFIGURATION
from sellers.portal.erp.grouped import Group, GroupedForm
from sellers.portal.erp.items import ItemField
from sellers.portal.erp.offered import coded_field, offered_field

ITEMS = ("shipping_item", "cod_item")


class ConfigurationForm(GroupedForm):
    """How an order becomes an invoice: what stands on it, what stands in for what the buyer did not tell."""

    GROUPS = (
        Group(
            "lines",
            _("Lines and prices"),
            _("How the lines of an order find your items."),
            ("sku_is", "use_taxes", "price_list", "warehouse", "note_printed"),
        ),
        Group(
            "buyers",
            _("Buyers who lack something"),
            _("An invoice needs a buyer with a document. These stand in for what a buyer did not tell."),
            ("default_id_type", "default_id_number", "default_email", "default_phone"),
        ),
        Group(
            "fees",
            _("Delivery and cash on delivery"),
            _(
                "What buyers pay for delivery is a line too: choose the items (services) it is billed as."
                " Without them such orders wait for you as errors."
            ),
            ITEMS,
        ),
    )

    sku_is = forms.ChoiceField(
        label=_("The SKU of an order is the item's"),
        choices=SkuField.choices,
        widget=forms.RadioSelect,
        help_text=_(
            "Barcodes tell variants apart. Variants share their reference: with references they cannot be"
            " invoiced."
        ),
    )
    use_taxes = forms.BooleanField(
        label=_("Use taxes"),
        required=False,
        help_text=_(
            "Each line gets your tax of the order's rate. Without it the prices are taken as final and no"
            " tax is stated."
        ),
    )
    note_printed = forms.BooleanField(
        label=_("Observations on the PDF"),
        required=False,
        help_text=_(
            "The order's number and how it was paid are printed for the buyer. Without it they stand in the"
            " internal notes, which only you see."
        ),
    )
    default_id_number = forms.CharField(
        label=_("Document number for buyers without one"),
        max_length=30,
        required=False,
        help_text=_("Such as the one for the final consumer. Without it such orders wait for you as errors."),
    )
    default_email = forms.EmailField(label=_("E-mail for buyers without one"), required=False)
    default_phone = forms.CharField(label=_("Phone for buyers without one"), max_length=40, required=False)

    def __init__(self, *args: Any, channel: Channel, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {name: getattr(channel, name) for name in CONFIGURATION})
        super().__init__(*args, **kwargs)
        self.fields["price_list"] = offered_field(
            channel,
            "price_list",
            "price_lists",
            label=_("Price list"),
            help_text=_("Named on the invoice. The amounts are always the order's."),
            none=_("Alegra's main list"),
        )
        self.fields["warehouse"] = offered_field(
            channel,
            "warehouse",
            "warehouses",
            label=_("Warehouse"),
            help_text=_("Stock is taken from it, and its stock is shown here per SKU."),
            none=_("Alegra's main warehouse"),
        )
        self.fields["default_id_type"] = _document_type(channel)
        for name, label in (
            ("shipping_item", _("Item for delivery")),
            ("cod_item", _("Item for the COD fee")),
        ):
            self.fields[name] = _item(channel, name, label)
            self.initial[name] = self.fields[name].label_of_chosen()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A kind of document alone stands in for nothing."""
        told = super().clean() or {}
        lacks = told.get("default_id_type") and not told.get("default_id_number")
        if lacks and "default_id_number" not in self.errors:
            text = _("Enter the document's number, or choose no kind of document.")
            self.add_error("default_id_number", str(text))
        return told


def _document_type(channel: Channel) -> forms.Field:
    label = _("Kind of document for buyers without one")
    if has_field("id_type", channel.country):
        none = _("The usual one")
        return coded_field(channel, "default_id_type", of="id_type", label=label, help_text="", none=none)
    return forms.CharField(label=label, max_length=20, required=False)


def _item(channel: Channel, name: str, label: Any) -> ItemField:
    attributes = {
        "list": f"{name}_choices",
        "autocomplete": "off",
        "hx-get": reverse("portal:erp_item_choices"),
        "hx-trigger": "input changed delay:300ms",
        "hx-target": f"#{name}_choices",
    }
    return ItemField(
        channel,
        chosen=getattr(channel, name),
        label=label,
        widget=forms.TextInput(attrs=attributes),
        help_text=_("Type a part of its name, or its reference or barcode."),
    )
