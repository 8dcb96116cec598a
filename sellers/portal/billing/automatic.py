"""What the page of automatic invoicing shows: what each mode does, when it runs next, and a rehearsal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.parties.models import Seller
from sellers.door.templatetags.days import day
from sellers.portal.listing import DayField
from settlement.billing.models import AutomaticInvoicing, Mode
from settlement.billing.queries import Rehearsed, rehearse
from settlement.billing.rules.spans import last_month, running_span, spans_from
from settlement.periods.rules import Span

HELPS = {
    Mode.OFF: gettext_lazy("Nothing is invoiced by itself: tick the deposits yourself."),
    Mode.MONTH: gettext_lazy("After each calendar month, one invoice for its deposits."),
    Mode.DEPOSIT: gettext_lazy("As soon as a deposit is booked, an invoice for it alone."),
    Mode.DAYS_7: gettext_lazy("After every 7 days, counted from the first day, one invoice."),
    Mode.DAYS_15: gettext_lazy("After every 15 days, counted from the first day, one invoice."),
    Mode.DAYS_21: gettext_lazy("After every 21 days, counted from the first day, one invoice."),
}
MOST_SHOWN = 40


class AutomaticForm(forms.Form):
    """How deposits are invoiced by themselves, and from which day on."""

    mode = forms.ChoiceField(
        label=gettext_lazy("How deposits are invoiced"), choices=Mode.choices, widget=forms.RadioSelect
    )
    starts_on = DayField(
        label=gettext_lazy("First day"),
        help_text=gettext_lazy(
            "The first period begins on it; deposits of earlier days are left to you. While it is off, the"
            " day does not matter."
        ),
    )


@dataclass(frozen=True, slots=True)
class Offer:
    """A mode as a choice: what it does, and when it would run first or next."""

    mode: Mode
    help: str
    is_chosen: bool
    next: str


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a mode would have made of a month: its invoices, and how many of them are not shown."""

    mode: Mode
    rows: Sequence[Rehearsed]
    more: int
    invoices: int
    deposits: int
    gross: int


def offers_of(form: AutomaticForm, chosen: AutomaticInvoicing | None, *, today: date) -> list[Offer]:
    """The modes with what each does; the one chosen says when it runs next."""
    asked = form["mode"].value()
    return [
        Offer(mode, str(HELPS[mode]), str(asked) == mode.value, next_run(chosen, mode, today=today))
        for mode in Mode
    ]


def next_run(chosen: AutomaticInvoicing | None, mode: Mode, *, today: date) -> str:
    """When the mode that is in use runs next, in words; "" for the others."""
    if chosen is None or chosen.mode != mode or mode == Mode.OFF:
        return ""
    if mode == Mode.DEPOSIT:
        return _("Runs with each deposit received on %(day)s or later.") % {"day": day(chosen.starts_on)}
    span = running_span(mode, chosen.starts_on, today=today)
    return _("Runs next on %(day)s.") % {"day": day(span.end_on)} if span else ""


def rehearsals_of(seller: Seller, *, today: date) -> tuple[Span, list[Rehearsal]]:
    """What each mode would have made of the calendar month before; empty periods are skipped."""
    month = last_month(today)
    return month, [_rehearsal(seller, mode, month) for mode in Mode if mode != Mode.OFF]


def _rehearsal(seller: Seller, mode: Mode, month: Span) -> Rehearsal:
    spans = [month] if mode == Mode.DEPOSIT else _within(mode, month)
    rows = [each for each in rehearse(seller, spans=spans, each=mode == Mode.DEPOSIT) if each.deposits]
    return Rehearsal(
        mode,
        rows[:MOST_SHOWN],
        max(len(rows) - MOST_SHOWN, 0),
        len(rows),
        sum(each.deposits for each in rows),
        sum(each.gross for each in rows),
    )


def _within(mode: Mode, month: Span) -> list[Span]:
    """The mode's periods from the month's first day on, the last one cut at the month's end."""
    spans: list[Span] = []
    for span in spans_from(mode, month.first_on):
        if span.first_on >= month.end_on:
            break
        spans.append(Span(span.first_on, min(span.end_on, month.end_on)))
    return spans


def first_choice(chosen: AutomaticInvoicing | None, *, today: date) -> dict[str, Any]:
    """What the form begins with: what is chosen, else nothing from tomorrow on."""
    if chosen is None:
        return {"mode": Mode.OFF, "starts_on": today + timedelta(days=1)}
    return {"mode": chosen.mode, "starts_on": chosen.starts_on}
