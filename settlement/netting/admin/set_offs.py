"""Set-offs in the back office: looked at down to which order's cash paid which invoice, and withdrawn."""

from collections.abc import Iterable
from itertools import islice
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.backoffice import LookOnlyAdmin, money, money_column, state_column
from marketplace.kernel.desk import Deed, DeskAdmin, acting
from marketplace.kernel.desk_parts import (
    Notice,
    Table,
    history,
    link,
    link_column,
    list_link,
    moment,
    one_filter,
)
from marketplace.kernel.states import IllegalMove
from settlement.documents.operations.voiding import ReasonMissing
from settlement.netting.admin.disputes import dispute_table
from settlement.netting.admin.papers import paper_text
from settlement.netting.models import ITEM_SOURCES, LineState, SetOff, SetOffLine, Side, State
from settlement.netting.operations.answering import withdraw_set_off
from settlement.netting.queries import flows, lines_of

MOST = 200
"""Lines a page shows; the rest stand in the list of lines."""

TONES: dict[str, str] = {State.PROPOSED: "warn", State.CONFIRMED: "ok", State.WITHDRAWN: "bad"}
LINE_TONES: dict[str, str] = {LineState.PROPOSED: "warn", LineState.AGREED: "ok", LineState.WITHDRAWN: "bad"}


def _withdraw(request: HttpRequest, row: SetOff, text: str) -> None:
    withdraw_set_off(set_off_id=row.pk, reason=text, **acting(request))


def _currency(row: SetOff) -> str:
    return row.currency


@admin.register(SetOff)
class SetOffAdmin(DeskAdmin):
    list_display = (
        "reference",
        "seller",
        "shown_state",
        "answer_by",
        "shown_payables",
        "shown_receivables",
        "shown_netted",
        "who",
        "left",
    )
    list_filter = ("state", "market", "ground", "how")
    search_fields = ("reference", "seller__partner_number", "seller__name")
    ordering = ("-proposed_at", "-pk")
    date_hierarchy = "proposed_at"
    list_select_related = ("seller", "market")
    fields = readonly_fields = (
        "reference",
        "seller",
        "shown_state",
        "ground",
        "proposed_at",
        "answer_by",
        "confirmed_at",
        "agreed",
        "shown_payables",
        "shown_receivables",
        "shown_disputed_payables",
        "shown_disputed_receivables",
        "shown_netted",
        "left",
        "who",
        "files",
    )
    papers = {"pdf": _("PDF")}
    deeds = (
        Deed(
            "withdraw",
            _("Withdraw"),
            _withdraw,
            refusals=(IllegalMove, ReasonMissing),
            asks=_("reason"),
            note=_("Its items are free for the next set-off. Invoices on it can be cancelled then."),
            when=lambda request, row: row.state == State.PROPOSED,
            grave=True,
        ),
    )
    shown_state = state_column(TONES)
    shown_payables = money_column("payables", _("owed to the seller"), currency=_currency)
    shown_receivables = money_column("receivables", _("owed by the seller"), currency=_currency)
    shown_disputed_payables = money_column(
        "disputed_payables", _("disputed, owed to the seller"), currency=_currency
    )
    shown_disputed_receivables = money_column(
        "disputed_receivables", _("disputed, owed by the seller"), currency=_currency
    )
    shown_netted = money_column("netted", _("set off"), currency=_currency)

    @admin.display(description=_("who pays whom"))
    def who(self, row: SetOff) -> str:
        """Payer and payee by the names they had then."""
        us, them = row.parties["marketplace"]["name"], row.parties["seller"]["name"]
        if not row.net_due:
            return "–"
        return f"{us} → {them}" if row.net_due > 0 else f"{them} → {us}"

    @admin.display(description=_("left to pay"))
    def left(self, row: SetOff) -> SafeString:
        return money(abs(row.net_due), row.currency)

    @admin.display(description=_("how it was agreed"))
    def agreed(self, row: SetOff) -> str:
        by = f" ({row.confirmed_by})" if row.confirmed_by else ""
        return f"{row.get_how_display()}{by}" if row.how else "–"

    def notices(self, request: HttpRequest, row: SetOff) -> Iterable[Notice]:
        if row.state == State.PROPOSED:
            text = _("The seller can confirm or object until %(day)s; after that it counts as agreed.")
            yield Notice(text % {"day": moment(row.answer_by)}, "warn")
        if row.state == State.CONFIRMED and row.net_due:
            yield Notice(_came_of_it(row))

    def tables(self, row: SetOff) -> Iterable[Table]:
        yield _side(row, Side.PAYABLE, _("Owed to the seller"))
        yield _side(row, Side.RECEIVABLE, _("Owed by the seller"))
        yield _flows(row)
        yield dispute_table(row.disputes.all(), title=_("Disputed orders"))
        yield history(row, TONES)


def _came_of_it(row: SetOff) -> SafeString:
    """Where to find what a later stage made of the rest."""
    kind = "payout" if row.net_due > 0 else "collection"
    address = reverse(f"admin:payouts_{kind}_changelist")
    text = gettext("What is left is paid by") if kind == "payout" else gettext("What is left is carried, or")
    name = gettext("its payout") if kind == "payout" else gettext("demanded from the seller")
    return format_html('{} <a href="{}?q={}&amp;state=all">{}</a>.', text, address, row.reference, name)


def _side(row: SetOff, side: Side, title: Any) -> Table:
    lines = lines_of(row, side)
    shown = list(lines[: MOST + 1])
    return Table(
        title=title,
        words=(_("number"), _("what it is of"), _("document"), _("due")),
        figures=(_("open then"), _("disputed"), _("set off"), _("remaining")),
        rows=[
            (
                link(line.item),
                paper_text(line.item),
                link(line.item.source),
                moment(line.item.due_at),
                *(money(amount, row.currency) for amount in _amounts(line)),
            )
            for line in shown[:MOST]
        ],
        empty=_("Nothing."),
        more=_all_lines(row, side, lines.count()) if len(shown) > MOST else "",
    )


def _amounts(line: SetOffLine) -> tuple[int, int, int, int]:
    return (line.total, line.disputed, line.netted, line.remaining)


def _all_lines(row: SetOff, side: Side, count: int) -> SafeString:
    text = ngettext("All %(count)s line", "All %(count)s lines", count) % {"count": count}
    return list_link(SetOffLine, text, set_off=row.pk, item__side__exact=side)


def _flows(row: SetOff) -> Table:
    shown = list(islice(flows(row), MOST + 1))
    return Table(
        title=_("Which debt was set off against which"),
        words=(_("owed by the seller"), _("owed to the seller"), _("document")),
        figures=(_("amount"),),
        rows=[
            (each.order, each.invoice, each.document, money(each.amount, row.currency))
            for each in shown[:MOST]
        ],
        empty=_("Nothing is set off: one side has nothing undisputed."),
        more=_("Only the first %(count)s are shown.") % {"count": MOST} if len(shown) > MOST else "",
    )


def _line_currency(row: SetOffLine) -> str:
    return row.set_off.currency


@admin.register(SetOffLine)
class SetOffLineAdmin(LookOnlyAdmin):
    list_display = (
        "position",
        "shown_item",
        "side",
        "shown_paper",
        "document",
        "shown_total",
        "shown_disputed",
        "shown_netted",
        "shown_remaining",
        "shown_state",
    )
    list_display_links = None
    list_filter = (one_filter("set_off", SetOff, _("set-off")), "item__side", "state")
    search_fields = ("item__number",)
    ordering = ("-set_off", "position")
    list_select_related = ("set_off", *ITEM_SOURCES)
    show_full_result_count = False
    shown_item = link_column("item", _("number"))
    shown_state = state_column(LINE_TONES)
    shown_total = money_column("total", _("open then"), currency=_line_currency)
    shown_disputed = money_column("disputed", _("disputed"), currency=_line_currency)
    shown_netted = money_column("netted", _("set off"), currency=_line_currency)
    shown_remaining = money_column("remaining", _("remaining"), currency=_line_currency)

    @admin.display(description=_("side"), ordering="item__side")
    def side(self, row: SetOffLine) -> str:
        return row.item.get_side_display()

    @admin.display(description=_("what it is of"), ordering="item__paper")
    def shown_paper(self, row: SetOffLine) -> str:
        return paper_text(row.item)

    @admin.display(description=_("document"))
    def document(self, row: SetOffLine) -> SafeString:
        return link(row.item.source)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False  # reached from its set-off
