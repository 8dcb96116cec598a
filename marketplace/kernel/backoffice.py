"""What the back office's lists have in common: rows that are looked at, actions that call operations,
money.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from operator import attrgetter
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.db.models import Model, Q
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.amounts import money_text, percent_text
from marketplace.kernel.days import span_text
from marketplace.users.models import User


@dataclass(frozen=True, slots=True)
class Work:
    """Rows of a desk that wait for a person: which, what to call them, and the list that shows them."""

    text: Any
    rows: Q
    query: Mapping[str, Any] = field(default_factory=dict)


class LookOnlyAdmin(admin.ModelAdmin[Any]):
    """A list and a page of rows that nobody edits; what can be done to them are actions."""

    work: Sequence[Work] = ()
    """What of its rows waits for a person: the first page of the back office counts it."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Whether the login may run the actions: it needs the right to change such rows, though not by a
        form.
        """
        return request.user.has_perm(f"{self.opts.app_label}.change_{self.opts.model_name}")


class LookOnlyInline(admin.TabularInline[Any, Any]):
    """Children shown on their parent's page."""

    extra = 0
    can_delete = False
    show_change_link = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReasonForm(ActionForm):
    """The action bar with a place for the reason a decision needs."""

    reason = forms.CharField(label=_("Reason"), required=False, max_length=200)


def money_column(field: str, label: Any, *, currency: Callable[[Any], str]) -> Any:
    """A right-aligned column of minor units with their currency."""

    @admin.display(description=label, ordering=field)
    def column(self: Any, row: Any) -> SafeString:
        return money(getattr(row, field), currency(row))

    return column


def rate_column(field: str, label: Any) -> Any:
    """A column of basis points as a percentage."""

    @admin.display(description=label, ordering=field)
    def column(self: Any, row: Any) -> str:
        rate = getattr(row, field)
        return "–" if rate is None else percent_text(rate, language=get_language() or "en")

    return column


def money(minor: int | None, currency: str) -> SafeString:
    """An amount as the back office shows it."""
    if minor is None:
        return SafeString("–")
    return format_html(
        '<span class="money">{}</span>', money_text(minor, currency=currency, language=get_language() or "en")
    )


def badge(label: Any, tone: str) -> SafeString:
    """A state as a small coloured word."""
    return format_html('<span class="badge tone-{}">{}</span>', tone, label)


def state_column(tones: Mapping[str, str]) -> Any:
    """A column of states as coloured words; a state without a tone is grey."""

    @admin.display(description=_("state"), ordering="state")
    def column(self: Any, row: Any) -> SafeString:
        return badge(row.get_state_display(), tones.get(row.state, "none"))

    return column


def days_column(first: str, end: str, label: Any) -> Any:
    """A column of half-open days, written by their first and last: 1–15 Nov 2026."""

    @admin.display(description=label, ordering=end)
    def column(self: Any, row: Any) -> str:
        first_on, end_on = (attrgetter(name)(row) for name in (first, end))
        return span_text(first_on, end_on - timedelta(days=1), language=get_language() or "en")

    return column


def actor(request: HttpRequest) -> User:
    """The login that acts; the back office lets nobody else in."""
    assert isinstance(request.user, User)
    return request.user


def each(
    request: HttpRequest,
    rows: Iterable[Model],
    act: Callable[[Any], Any],
    *,
    refusals: tuple[type[Exception], ...],
) -> int:
    """Do one operation for each chosen row; a refusal is told and does not stop the rest. How many were
    done.
    """
    done = 0
    for row in rows:
        try:
            act(row)
            done += 1
        except refusals as refusal:
            messages.error(request, f"{row}: {refusal}")
    if done:
        text = ngettext("%(count)s done.", "%(count)s done.", done) % {"count": done}
        messages.success(request, text)
    return done
