"""Lists as sellers use them: tabs, search, filters, sorting and pages, the same on every page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.zones import start_of_day
from marketplace.parties.models import Seller
from sellers.portal.columns import Column, table_of
from sellers.portal.paging import Page, capped_count, count_text, cut_page

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2199, 12, 31)
PAGING = ("after", "before")

Choice = tuple[str | Promise, Q]


class DayField(forms.DateField):
    """A day a marketplace can have anything of."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def clean(self, value: Any) -> date | None:
        """Read a day.

        :raises ValidationError: if it is none, or beyond any book of ours.
        """
        told: date | None = super().clean(value)
        if told is not None and not FIRST_DAY <= told <= LAST_DAY:
            raise forms.ValidationError(_("This day lies too far away."))
        return told


class NarrowForm(forms.Form):
    """The filter bar: a state, and the first and the last day."""

    state = forms.ChoiceField(label=_("State"), required=False)
    since = DayField(label=_("From"), required=False)
    until = DayField(label=_("To"), required=False)


@dataclass(frozen=True, slots=True)
class Listing:
    """A list: what it is called, what it shows, and how it is narrowed and sorted.

    ``sorts`` are the orders offered, by name; ``sort`` is the one at first. ``search`` makes a condition
    of a seller and what it typed; ``prepare`` adds to the rows of a page what only these need. Without a
    ``day`` there is no choosing by days.
    """

    name: str
    title: str | Promise
    columns: tuple[Column, ...]
    sorts: Mapping[str, str]
    sort: str
    day: str
    search: Callable[[Seller, str], Q]
    placeholder: str | Promise
    tabs: Mapping[str, Choice] = field(default_factory=dict)
    tabs_label: str | Promise = ""
    states: Mapping[str, Choice] = field(default_factory=dict)
    states_label: str | Promise = ""
    prepare: Callable[[Sequence[Any]], Sequence[Any]] = list

    def order(self, asked: str) -> tuple[str, str, bool]:
        """The order asked for as (its name, column, whether descending); ours where it is none we offer."""
        name = asked if asked.removeprefix("-") in self.sorts else self.sort
        return name, self.sorts[name.removeprefix("-")], name.startswith("-")

    def tab(self, asked: str) -> str:
        """The tab asked for; the first where it is none we offer."""
        return asked if asked in self.tabs else next(iter(self.tabs), "")

    def form(self, asked: QueryDict) -> NarrowForm:
        """The filter bar as it was filled in."""
        form = NarrowForm(asked)
        states = form.fields["state"]
        assert isinstance(states, forms.ChoiceField)
        states.label = str(self.states_label or states.label)
        states.choices = [("", _("Any")), *((name, label) for name, (label, _q) in self.states.items())]
        if not self.states:
            del form.fields["state"]
        if not self.day:
            del form.fields["since"], form.fields["until"]
        form.is_valid()
        return form

    def narrow(self, rows: "QuerySet[Any]", asked: QueryDict, seller: Seller) -> "QuerySet[Any]":
        """The rows that what was asked leaves."""
        if self.tabs:
            rows = rows.filter(self.tabs[self.tab(asked.get("tab", ""))][1])
        if text := asked.get("q", "").strip().replace("\x00", ""):
            rows = rows.filter(self.search(seller, text))
        told, zone = self.form(asked).cleaned_data, seller.market.zone
        if told.get("state"):
            rows = rows.filter(self.states[told["state"]][1])
        if told.get("since"):
            rows = rows.filter(**{f"{self.day}__gte": start_of_day(told["since"], zone)})
        if told.get("until"):
            after = start_of_day(told["until"] + timedelta(days=1), zone)
            rows = rows.filter(**{f"{self.day}__lt": after})
        return rows


def listed(
    listing: Listing, own: "QuerySet[Any]", asked: QueryDict, seller: Seller, *, tabs: Any = None
) -> dict[str, Any]:
    """What the page of a list shows; ``tabs`` are those of a page that has several lists."""
    sort, column, descending = listing.order(asked.get("sort", ""))
    rows = listing.narrow(own, asked, seller)
    page: Page[Any] = cut_page(rows, field=column, descending=descending, asked=cursors_in(asked))
    tab = listing.tab(asked.get("tab", ""))
    form = listing.form(asked)
    filled = [name for name in form.fields if asked.get(name)]
    return {
        "listing": listing,
        "tabs": tabs if tabs is not None else _tabs(listing, own, asked, tab),
        "tab": tab,
        "sort": sort,
        "q": asked.get("q", ""),
        "form": form,
        "filtered": bool(filled),
        "narrowed": bool(filled or asked.get("q")),
        "keep": {name: value for name, value in asked.items() if name not in ("q", *PAGING)},
        "kept": {name: value for name, value in asked.items() if name not in (*form.fields, *PAGING)},
        "table": table_of(
            listing.columns,
            listing.prepare(page.rows),
            caption=str(listing.title),
            currency=seller.market.currency,
        ),
        "newer_url": turned(asked, before=page.newer) if page.newer else "",
        "older_url": turned(asked, after=page.older) if page.older else "",
        "export_query": asked.urlencode(),
    }


def cursors_in(asked: QueryDict, prefix: str = "") -> dict[str, str]:
    """The cursors a request names; ``prefix`` tells those of one list from others on the same page."""
    return {key: str(asked[prefix + key]) for key in PAGING if prefix + key in asked}


def turned(asked: QueryDict, *, prefix: str = "", **cursor: str) -> str:
    """The address of another page of a list; ``prefix`` tells it from others on the same page."""
    query = asked.copy()
    for key in (*PAGING, *cursor):
        query.pop(prefix + key, None)
    for key, value in cursor.items():
        query[prefix + key] = value
    return f"?{query.urlencode()}"


def _tabs(listing: Listing, own: "QuerySet[Any]", asked: QueryDict, chosen: str) -> list[dict[str, Any]]:
    tabs = []
    for name, (label, condition) in listing.tabs.items():
        query = asked.copy()
        for key in (*PAGING, "sort", "tab"):
            query.pop(key, None)
        query["tab"] = name
        count = count_text(capped_count(own.filter(condition)))
        url = f"?{query.urlencode()}"
        tabs.append({"label": label, "url": url, "active": name == chosen, "count": count})
    return tabs
