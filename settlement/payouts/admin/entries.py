"""The bank's movements in the back office: those nobody could match wait here for a person."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import F, Q
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.backoffice import ReasonForm, Work, money, money_column, state_column
from marketplace.kernel.desk import Deed, DeskAdmin, acting
from marketplace.kernel.desk_parts import (
    Notice,
    Table,
    link,
    link_column,
    moment,
    one_filter,
    queue_filter,
)
from marketplace.kernel.states import IllegalMove
from settlement.documents.operations.voiding import ReasonMissing
from settlement.payouts.admin.movements import TONES
from settlement.payouts.bank_answers.facts import Status
from settlement.payouts.models import (
    BankEntry,
    Collection,
    CollectionState,
    EntryState,
    Payout,
    PayoutState,
    Statement,
)
from settlement.payouts.operations.collecting import TooMuchMoney
from settlement.payouts.operations.matching import NoMatch, assign_entry, set_aside

STATUSES: dict[str, Any] = {
    Status.BOOKED: _("Booked"),
    Status.PENDING: _("Announced"),
    Status.ACCEPTED: _("Accepted, not paid yet"),
    Status.REJECTED: _("Refused"),
    Status.RETURNED: _("Sent back"),
}
MOST = 10
"""Candidates a page names."""


class ReferenceForm(ReasonForm):
    """The action bar with a place for the reference to match with, or the reason a decision needs."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = _("Reference or reason")


def _match(request: HttpRequest, row: BankEntry, text: str) -> None:
    assign_entry(entry_id=row.pk, reference=text, **acting(request))


def _aside(request: HttpRequest, row: BankEntry, text: str) -> None:
    set_aside(entry_id=row.pk, reason=text, **acting(request))


REFUSALS = (IllegalMove, NoMatch, ReasonMissing, TooMuchMoney)
DEEDS = (
    Deed(
        "match",
        _("Match"),
        _match,
        refusals=REFUSALS,
        asks=_("reference of the payout or demand, or the partner number whose deposit it is"),
        when=lambda request, row: row.state != EntryState.MATCHED,
    ),
    Deed(
        "aside",
        _("Set aside"),
        _aside,
        refusals=REFUSALS,
        asks=_("reason"),
        note=_("For movements that are no payout's, demand's or deposit's. It can still be matched later."),
        when=lambda request, row: row.state not in (EntryState.MATCHED, EntryState.ASIDE),
    ),
)


@admin.register(BankEntry)
class BankEntryAdmin(DeskAdmin):
    list_display = (
        "shown",
        "booked_on",
        "shown_amount",
        "counterparty",
        "says",
        "shown_state",
        "note",
        "match",
    )
    list_filter = (
        queue_filter(EntryState.choices, waiting=[EntryState.UNMATCHED]),
        "market",
        one_filter("statement", Statement, _("bank file")),
    )
    search_fields = ("end_to_end", "symbol", "creditor_reference", "text", "counterparty", "bank_reference")
    ordering = ("booked_on", "pk")
    list_select_related = ("statement__file", "payout", "collection", "deposit", "market")
    action_form = ReferenceForm
    deeds = DEEDS
    work = (Work(_("Bank movements nobody could match"), Q(state=EntryState.UNMATCHED)),)
    fields = readonly_fields = (
        "shown",
        "shown_statement",
        "shown_amount",
        "shown_state",
        "booked_on",
        "happened",
        "counterparty",
        "counterparty_account",
        "symbol",
        "creditor_reference",
        "end_to_end",
        "original_message",
        "text",
        "reason_code",
        "reason",
        "note",
        "match",
    )
    shown_state = state_column(TONES)
    shown_statement = link_column("statement", _("bank file"))
    shown_amount = money_column("amount", _("amount"), currency=lambda row: row.currency)

    @admin.display(description=_("movement"), ordering="pk")
    def shown(self, row: BankEntry) -> str:
        return str(row)

    @admin.display(description=_("what it says"))
    def says(self, row: BankEntry) -> str:
        reference = row.symbol or row.creditor_reference
        return " · ".join(filter(None, (reference, row.end_to_end, row.text, row.reason))) or "–"

    @admin.display(description=_("what happened"))
    def happened(self, row: BankEntry) -> Any:
        return STATUSES.get(row.status, row.status)

    @admin.display(description=_("matched with"))
    def match(self, row: BankEntry) -> SafeString:
        return link(row.match)

    def notices(self, request: HttpRequest, row: BankEntry) -> Iterable[Notice]:
        if row.note:
            yield Notice(row.note, "warn" if row.state == EntryState.UNMATCHED else "info")

    def tables(self, row: BankEntry) -> Iterable[Table]:
        if row.state != EntryState.MATCHED:
            yield _candidates(row)


def _candidates(row: BankEntry) -> Table:
    """What waits for just this amount."""
    if row.amount < 0:
        sent = Payout.objects.filter(market=row.market, state=PayoutState.SENT, amount=-row.amount)
        rows = [_payout(each) for each in sent.select_related("seller").order_by("pk")[:MOST]]
    else:
        demands = Collection.objects.filter(market=row.market, state=CollectionState.DEMANDED)
        exact = demands.filter(amount=F("received") + row.amount)
        rows = [_demand(each) for each in exact.select_related("seller").order_by("due_on", "pk")[:MOST]]
    return Table(
        title=_("What waits for just this amount"),
        words=(_("reference"), _("seller"), _("day")),
        figures=(_("amount"),),
        rows=rows,
        empty=_("Nothing: no payout on its way and no demand is over this amount."),
    )


def _payout(each: Payout) -> tuple[Any, ...]:
    return link(each), each.seller, moment(each.created_at), money(each.amount, each.currency)


def _demand(each: Collection) -> tuple[Any, ...]:
    return link(each), each.seller, moment(each.due_on), money(each.missing, each.currency)
