"""Fields to choose from what the ERP offers, or from what a country has."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sellers.erp.choices import choices_of
from sellers.erp.models import Channel

Text = str | Promise


class OfferedField(forms.ChoiceField):
    """A choice of what the ERP has; ``gone`` is what was chosen before and is not there any more.

    It is shown, so that nothing is changed silently, but not taken again.
    """

    default_error_messages = {
        "invalid_choice": gettext_lazy("The ERP does not offer this any more. Choose another.")
    }

    def __init__(self, *, offered: Iterable[tuple[str, Any]], none: Text, chosen: str, **kwargs: Any) -> None:
        known = list(offered)
        self.gone = chosen if chosen and chosen not in dict(known) else ""
        choices = [("", none), *known]
        if self.gone:
            choices.append((self.gone, _("No longer offered (%(id)s)") % {"id": self.gone}))
        super().__init__(choices=choices, **kwargs)

    def valid_value(self, value: Any) -> bool:
        return str(value) != self.gone and super().valid_value(value)


def offered_field(
    channel: Channel, name: str, kind: str, *, label: Text, help_text: Text, none: Text
) -> OfferedField:
    """A field of a channel whose values are a list of the ERP's."""
    rows = [(str(each["id"]), each["name"]) for each in channel.offer.get(kind, [])]
    return OfferedField(
        offered=rows,
        none=none,
        chosen=getattr(channel, name),
        label=label,
        help_text=help_text,
        required=False,
    )


def coded_field(
    channel: Channel, name: str, *, of: str = "", label: Text, help_text: Text, none: Text
) -> OfferedField:
    """A field of a channel whose values its country has; ``of`` is the field whose choices are meant."""
    return OfferedField(
        offered=choices_of(of or name, channel.country),
        none=none,
        chosen=getattr(channel, name),
        label=label,
        help_text=help_text,
        required=False,
        error_messages={"invalid_choice": gettext_lazy("This is not known in the channel's country.")},
    )
