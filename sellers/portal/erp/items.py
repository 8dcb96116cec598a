"""Choosing an item of the ERP's catalogue by what people know of it: its name, reference or barcode."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from sellers.erp.models import CatalogueItem, Channel, Kind, Reading

SUGGESTED = 50
NAMED_IN_ERRORS = 5
SEPARATOR = " · "


def item_label(item: CatalogueItem) -> str:
    """An item as it is chosen: its name and what tells it from others of that name."""
    return f"{item.name}{SEPARATOR}{item.reference or item.barcode or _by_id(item)}"


def suggested_items(channel: Channel, text: str) -> list[str]:
    """The first items that a text fits, as they are chosen."""
    rows = _active(channel)
    plain = text.strip().replace("\x00", "")
    if plain:
        rows = rows.filter(_like(plain.rpartition(SEPARATOR)[0] or plain))
    return [item_label(row) for row in rows.order_by("name", "pk")[:SUGGESTED]]


class ItemField(forms.CharField):
    """An item of the catalogue, chosen by its name, reference or barcode; cleans to its id in the ERP."""

    def __init__(self, channel: Channel, *, chosen: str, **kwargs: Any) -> None:
        super().__init__(max_length=330, required=False, **kwargs)
        self.channel, self.chosen = channel, chosen

    def label_of_chosen(self) -> str:
        """What is chosen as it is shown; an item the catalogue does not have by its id."""
        if not self.chosen:
            return ""
        item = _active(self.channel).filter(external_id=self.chosen).first()
        return item_label(item) if item else f"#{self.chosen}"

    def clean(self, value: Any) -> str:
        """Find the item that is meant.

        :raises ValidationError: if none is, or several are.
        """
        text = str(super().clean(value)).strip()
        if not text:
            return ""
        is_kept = text == f"#{self.chosen}" and not _is_read(self.channel)
        return self.chosen if is_kept else self._found(text)

    def _found(self, text: str) -> str:
        for rows in (_exact(self.channel, text), _active(self.channel).filter(_like(text))):
            found = list(rows.order_by("name", "pk")[: NAMED_IN_ERRORS + 1])
            if len(found) == 1:
                return found[0].external_id
            if found:
                raise forms.ValidationError(self._several(text, found))
        raise forms.ValidationError(self._none(text))

    def _several(self, text: str, found: list[CatalogueItem]) -> str:
        shown = found[:NAMED_IN_ERRORS]
        labels = [item_label(each) for each in shown]
        if len(set(labels)) < len(labels):
            labels = [f"{each.name}{SEPARATOR}{_by_id(each)}" for each in shown]
        told = {"text": text, "items": "; ".join(labels)}
        return _("Several items fit “%(text)s”. Write one of: %(items)s.") % told

    def _none(self, text: str) -> str:
        if _is_read(self.channel):
            return _("The catalogue has no active item “%(text)s”.") % {"text": text}
        return _(
            "“%(text)s” is not among the items read so far; the catalogue is still being read. Leave this"
            " empty for now and choose later in the settings."
        ) % {"text": text}


def _active(channel: Channel) -> "QuerySet[CatalogueItem]":
    return CatalogueItem.objects.filter(channel=channel, active=True)


def _by_id(item: CatalogueItem) -> str:
    return f"#{item.external_id}"


def _exact(channel: Channel, text: str) -> "QuerySet[CatalogueItem]":
    name, separator, code = text.rpartition(SEPARATOR)
    by_code = Q(reference=code) | Q(barcode=code) | Q(external_id=code.removeprefix("#"))
    if separator and (rows := _active(channel).filter(by_code, name=name)).exists():
        return rows
    if text.startswith("#"):
        return _active(channel).filter(external_id=text[1:])
    return _active(channel).filter(Q(reference=text) | Q(barcode=text) | Q(name__iexact=text))


def _like(text: str) -> Q:
    return Q(name__icontains=text) | Q(reference__icontains=text) | Q(barcode__icontains=text)


def _is_read(channel: Channel) -> bool:
    """Whether the catalogue was ever read as a whole and is not being read now."""
    return Reading.objects.filter(channel=channel, kind=Kind.ITEMS, finished_at__isnull=False).exists()
