"""Forms whose fields stand in groups, each with a heading."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Group:
    """Some fields of a form under a heading."""

    name: str
    title: str | Promise
    text: str | Promise
    fields: Sequence[str]


class GroupedForm(forms.Form):
    """A form that tells its fields by group; a group without a field is left out."""

    GROUPS: Sequence[Group] = ()

    def groups(self) -> list[dict[str, Any]]:
        """The groups with their fields as the page writes them."""
        shown = [
            {
                "name": group.name,
                "title": group.title,
                "text": group.text,
                "fields": [self[name] for name in group.fields if name in self.fields],
            }
            for group in self.GROUPS
        ]
        return [group for group in shown if group["fields"]]
