"""Choices in an order of one's own: a box for each place, the first first."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _


class RankedWidget(forms.MultiWidget):
    """As many selects as there are choices."""

    def __init__(self, choices: Sequence[tuple[str, Any]]) -> None:
        shown = [("", "–"), *choices]
        super().__init__(
            [
                forms.Select(
                    choices=shown, attrs={"aria-label": format_lazy("{} {}", _("place"), str(place))}
                )
                for place, _choice in enumerate(choices, start=1)
            ]
        )

    def decompress(self, value: Any) -> list[Any]:
        """Spread the chosen over the boxes; those left stay empty."""
        chosen = list(value or [])
        return [*chosen, *[""] * len(self.widgets)][: len(self.widgets)]

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        # A list of a market's is spread too: Django takes lists for spread already.
        return super().get_context(name, self.decompress(value), attrs)


class RankedField(forms.MultiValueField):
    """Some of the choices, each once, in the order they were put in."""

    def __init__(self, *, choices: Sequence[tuple[str, Any]], **more: Any) -> None:
        fields = [forms.ChoiceField(choices=[("", "–"), *choices], required=False) for _choice in choices]
        super().__init__(fields, widget=RankedWidget(choices), require_all_fields=False, **more)

    def compress(self, data_list: Sequence[str]) -> list[str]:
        """Leave out empty boxes and what is chosen twice."""
        return list(dict.fromkeys(filter(None, data_list)))

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether other places were chosen, or in another order."""
        return list(initial or []) != self.compress(data or [])
