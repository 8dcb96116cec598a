"""The parts of a back office page: tables, notices, links, queues."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.backoffice import badge

WAITING = _("Waiting for a person")


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence that stands above a page; the tone is that of a badge."""

    text: Any
    tone: str = "info"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows shown on a page: columns of words, then columns of figures."""

    title: Any
    words: Sequence[Any]
    rows: Sequence[Sequence[Any]]
    figures: Sequence[Any] = ()
    foot: Sequence[Sequence[Any]] = ()
    empty: Any = ""
    more: Any = ""


def link(row: Model | None, text: Any = None) -> SafeString:
    """A row as a link to its page."""
    if row is None:
        return SafeString("–")
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
    address = reverse(name, args=[row.pk])
    return format_html('<a class="nowrap" href="{}">{}</a>', address, row if text is None else text)


def link_for(request: HttpRequest, row: Model | None, text: Any = None) -> SafeString | str:
    """A row as a link to its page, for those who may look at it; for others just what it is called."""
    if row is None:
        return SafeString("–")
    right = f"{row._meta.app_label}.view_{row._meta.model_name}"
    return link(row, text) if request.user.has_perm(right) else str(row if text is None else text)


def figure(number: int) -> SafeString:
    """A number at the right of its column."""
    return format_html('<span class="money">{}</span>', number)


def list_address(model: type[Model], **query: Any) -> str:
    """The address of a model's list, filtered."""
    base = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return f"{base}?{urlencode(query)}" if query else base


def list_link(model: type[Model], text: Any, **query: Any) -> SafeString:
    """A link to a model's list, filtered."""
    return format_html('<a href="{}">{}</a>', list_address(model, **query), text)


def link_column(field: str, label: Any) -> Any:
    """A column of rows that lead to their own pages."""

    @admin.display(description=label, ordering=field)
    def column(self: Any, row: Any) -> SafeString:
        return link(getattr(row, field))

    return column


@admin.display(description=_("market"), ordering="market__code")
def market_column(self: Any, row: Any) -> str:
    """A column that names a row's market by its two letters."""
    return str(row.market.code)


def age_column(field: str, waits: Callable[[Any], bool]) -> Any:
    """A column that says how long a row has been waiting, if it still does."""

    @admin.display(description=_("waiting for"), ordering=field)
    def column(self: Any, row: Any) -> str:
        return timesince(getattr(row, field), depth=1) if waits(row) else "–"

    return column


def history(row: Any, tones: dict[str, str], moves: "QuerySet[Any] | None" = None) -> Table:
    """The moves a row made, in the words of its states; all its changes, unless told which of them."""
    labels = {str(state): label for state, label in row._meta.get_field("state").flatchoices}

    def shown(state: str) -> SafeString:
        return badge(labels.get(state, state), tones.get(state, "none")) if state else SafeString("–")

    changes = row.changes.all() if moves is None else moves
    return Table(
        title=_("What happened"),
        words=(_("at"), _("from"), _("to"), _("by"), _("reason")),
        rows=[
            (
                moment(each.at),
                shown(each.from_state),
                shown(each.to_state),
                each.by or "–",
                each.reason or "–",
            )
            for each in changes.select_related("by").order_by("pk")
        ],
        empty=_("Nothing yet."),
    )


def moment(at: Any) -> str:
    """An instant, or a day, as the back office writes it."""
    if at is None:
        return "–"
    return date_format(timezone.localtime(at), "DATETIME_FORMAT") if hasattr(at, "hour") else date_format(at)


def queue_filter(
    states: Iterable[tuple[str, Any]],
    *,
    waiting: Collection[str],
    label: Any = WAITING,
    field: str = "state",
) -> type[admin.SimpleListFilter]:
    """A filter that shows the queue first: what waits, unless another state is asked for."""
    known, column = list(states), field

    class QueueFilter(admin.SimpleListFilter):
        title = _("state")
        parameter_name = "state"

        def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
            return [("all", _("All")), *known]

        def choices(self, changelist: Any) -> Any:
            rest = iter(super().choices(changelist))
            next(rest)
            query = changelist.get_query_string(remove=[self.parameter_name])
            yield {"selected": self.value() is None, "query_string": query, "display": label}
            yield from rest

        def queryset(self, request: HttpRequest, rows: "QuerySet[Any]") -> "QuerySet[Any]":
            if self.value() == "all":
                return rows
            return rows.filter(**{f"{column}__in": [self.value()] if self.value() else waiting})

    return QueueFilter


def one_filter(field: str, model: type[Model], title: Any) -> type[admin.SimpleListFilter]:
    """A filter by one row of another table: there once a link has asked for it, and easy to take off."""
    label = title

    class OneFilter(admin.SimpleListFilter):
        title = label
        parameter_name = field

        def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
            asked = request.GET.get(field, "")
            if not asked:
                return []
            row = model._default_manager.filter(pk=asked).first() if asked.isdecimal() else None
            return [(asked, row or "–")]

        def queryset(self, request: HttpRequest, rows: "QuerySet[Any]") -> "QuerySet[Any]":
            asked = self.value()
            if asked is None:
                return rows
            return rows.filter(**{field: asked}) if asked.isdecimal() else rows.none()

    return OneFilter
