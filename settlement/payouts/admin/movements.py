"""The bank's movements as other pages show them."""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from marketplace.kernel.backoffice import badge, money
from marketplace.kernel.desk_parts import Table, link, moment
from settlement.payouts.models import BankEntry, EntryState

if TYPE_CHECKING:
    from django.db.models import QuerySet

TONES: dict[str, str] = {
    EntryState.NEW: "info",
    EntryState.MATCHED: "ok",
    EntryState.UNMATCHED: "warn",
    EntryState.ASIDE: "none",
}
MOST = 200
"""Movements a page shows; the rest stand in the list of movements."""


def movement_table(entries: "QuerySet[BankEntry]", *, more: Any = "") -> Table:
    """Movements, in the order of their file."""
    rows = entries.select_related("payout", "collection", "deposit").order_by("statement", "position")[:MOST]
    return Table(
        title=_("What the bank told of it"),
        words=(_("movement"), _("booked"), _("other party"), _("text"), _("state"), _("matched with")),
        figures=(_("amount"),),
        rows=[
            (
                link(each),
                moment(each.booked_on),
                each.counterparty or "–",
                " ".join(filter(None, (each.symbol or each.creditor_reference, each.text))) or "–",
                badge(each.get_state_display(), TONES[each.state]),
                link(each.match),
                money(each.amount, each.currency),
            )
            for each in rows
        ],
        empty=_("Nothing yet."),
        more=more,
    )
