"""What the page of one set-off shows."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.kernel.models import Job
from sellers.portal.columns import Box, Column, Kind, Table, table_of
from sellers.portal.flowing import flow_page
from sellers.portal.listing import cursors_in, turned
from sellers.portal.lists.payments import demand_badge, payout_badge
from sellers.portal.lists.setoffs import decision_of, standing_of
from sellers.portal.paging import cut_page
from sellers.portal.papers import kind_of, source_url_of, url_of
from settlement.netting.models import Ground, How, LineState, Paper, SetOff, SetOffLine, Side, State
from settlement.netting.queries import lines_of
from settlement.payouts.models import Collection, CollectionState, Payout, PayoutState

AMOUNTS = (
    Column(
        gettext_lazy("Document"),
        lambda line: line.item.source.reference,
        css="nowrap",
        url=lambda line: source_url_of(line.item),
    ),
    Column(gettext_lazy("Due since"), lambda line: line.item.due_at, Kind.MOMENT, css="at-sub"),
    Column(gettext_lazy("Total"), lambda line: line.total, Kind.MONEY, css="at-amount"),
    Column(gettext_lazy("Disputed"), lambda line: line.disputed, Kind.MONEY, quiet=True),
    Column(gettext_lazy("Set off"), lambda line: line.netted, Kind.MONEY),
    Column(gettext_lazy("Remaining"), lambda line: line.remaining, Kind.MONEY),
)
ITEMS = (
    Column(
        gettext_lazy("Number"),
        lambda line: line.item.number,
        css="at-title nowrap",
        url=lambda line: url_of(line.item),
        note=lambda line: kind_of(line.item),
    ),
    *AMOUNTS,
)


def _disputable(line: SetOffLine) -> str:
    """An order's cash can be ticked while something of it is undisputed; other items' orders are typed."""
    is_cash = line.item.paper == Paper.CASH and line.item.side == Side.RECEIVABLE
    return line.item.number if is_cash and line.total > line.disputed else ""


def _box_label(line: SetOffLine) -> str:
    return _("Order %(number)s") % {"number": line.item.number}


TICK = Column(gettext_lazy("Dispute"), _disputable, Kind.TICK, box=Box("orders", _box_label))


def set_off_told(set_off: SetOff, asked: QueryDict, *, at: datetime, may_answer: bool) -> dict[str, Any]:
    """Everything a set-off's page says; orders can be ticked by who may answer, while it waits."""
    waits = set_off.state == State.PROPOSED and set_off.lapses_at > at
    answers = waits and may_answer
    flow = flow_page(set_off, asked.get("flow", ""))
    papers = _papers(set_off)
    ticks = (Paper.CASH, Side.RECEIVABLE) in papers
    return {
        "set_off": set_off,
        "standing": standing_of(set_off),
        "waits": waits,
        "may_answer": answers,
        "lapsed": set_off.state == State.PROPOSED and not waits,
        "overdue": set_off.ground == Ground.OVERDUE,
        "owes_fees": set_off.ground == Ground.SERVICE,
        "by_silence": set_off.how == How.DEADLINE,
        "withdrawn": set_off.changes.order_by("-pk").first() if set_off.state == State.WITHDRAWN else None,
        **_sums(set_off, papers),
        "owed": _side(set_off, Side.PAYABLE, asked, ITEMS),
        "held": _side(set_off, Side.RECEIVABLE, asked, (TICK, *ITEMS) if answers and ticks else ITEMS),
        "flow": flow,
        "flow_newer": turned(asked, prefix="", flow=str(flow.page - 1)) if flow.page > 1 else "",
        "flow_older": turned(asked, prefix="", flow=str(flow.page + 1)) if flow.more else "",
        "disputes": [_dispute(each) for each in _disputes(set_off)],
        **_after(set_off),
        "crumbs": [
            {"label": _("Set-offs"), "url": reverse("portal:set_offs")},
            {"label": set_off.reference},
        ],
    }


def _papers(set_off: SetOff) -> set[tuple[str, str]]:
    """What the items of a set-off are of, by side."""
    kinds = set_off.lines.order_by().values_list("item__paper", "item__side").distinct()
    return {(paper, side) for paper, side in kinds}


def _held_text(papers: set[tuple[str, str]]) -> str:
    """What the seller's side is called: by its name where it is cash alone."""
    owed = {paper for paper, side in papers if side == Side.RECEIVABLE}
    return _("Customers' cash you hold") if owed <= {Paper.CASH} else _("Owed by you")


def _sums(set_off: SetOff, papers: set[tuple[str, str]]) -> dict[str, Any]:
    """How both sides become what is left to pay, told from the side of whoever is paid."""
    seller, marketplace = set_off.parties["seller"]["name"], set_off.parties["marketplace"]["name"]
    net, held_text = set_off.net_due, _held_text(papers)
    owed: list[dict[str, Any]] = [
        {"label": _("Owed to you"), "amount": set_off.payables},
        {"label": _("disputed of it, left aside"), "amount": -set_off.disputed_payables},
    ]
    held: list[dict[str, Any]] = [
        {"label": held_text, "amount": set_off.receivables},
        {"label": _("disputed of it, left aside"), "amount": -set_off.disputed_receivables},
    ]
    first, second = (owed, held) if net >= 0 else (held, owed)
    taken = [{"label": part["label"], "amount": -part["amount"]} for part in second]
    return {
        "parts": [part for part in [*first, *taken] if part["amount"] or part in (first[0], taken[0])],
        "held_text": held_text,
        "net": abs(net),
        "payer": "" if not net else marketplace if net > 0 else seller,
        "payee": seller if net > 0 else marketplace,
        "result": _("The marketplace pays you") if net >= 0 else _("You pay the marketplace"),
    }


def _side(set_off: SetOff, side: Side, asked: QueryDict, columns: tuple[Column, ...]) -> dict[str, Any]:
    prefix = f"{side.value}_"
    page = cut_page(
        lines_of(set_off, side), field="position", descending=False, asked=cursors_in(asked, prefix)
    )
    return {
        "table": _table(set_off, side, page.rows, columns),
        "newer_url": turned(asked, prefix=prefix, before=page.newer) if page.newer else "",
        "older_url": turned(asked, prefix=prefix, after=page.older) if page.older else "",
    }


def _table(set_off: SetOff, side: Side, rows: list[SetOffLine], columns: tuple[Column, ...]) -> Table:
    owed = side == Side.PAYABLE
    total = set_off.payables if owed else set_off.receivables
    disputed = set_off.disputed_payables if owed else set_off.disputed_receivables
    return table_of(
        columns,
        rows,
        caption=_("Owed to you") if owed else _("Owed by you"),
        currency=set_off.currency,
        sums=(total, disputed, set_off.netted, total - set_off.netted),
        sums_label=_("Whole set-off"),
    )


def _disputes(set_off: SetOff) -> "QuerySet[Any]":
    return set_off.disputes.select_related("order").order_by("-opened_at", "-pk")[:50]


def _dispute(dispute: Any) -> dict[str, Any]:
    return {"row": dispute, "badge": decision_of(dispute)}


def _after(set_off: SetOff) -> dict[str, Any]:
    """What came of an agreed set-off: payouts, demands, or what is carried, and the stages to it."""
    payouts = list(Payout.objects.filter(set_off=set_off).order_by("pk"))
    demands = list(Collection.objects.filter(set_off=set_off).order_by("pk"))
    # The last try counts: one that failed is tried again, one that was given up is carried.
    paid = payouts[-1] if payouts and payouts[-1].state != PayoutState.CANCELLED else None
    asked = demands[-1] if demands and demands[-1].state != CollectionState.CANCELLED else None
    agreed = set_off.state == State.CONFIRMED
    left = (0 if paid else set_off.to_pay) + (0 if asked else set_off.to_collect) if agreed else 0
    preparing = bool(left) and not payouts and not demands and _is_preparing(set_off)
    return {
        "payouts": [{"row": each, "badge": payout_badge(each)} for each in payouts],
        "demands": [{"row": each, "badge": demand_badge(each)} for each in demands],
        "preparing": preparing,
        "carried": 0 if preparing else left,
        "carried_to": _next_of(set_off) if left else None,
        "stages": _stages(set_off, _last_stage(set_off, paid, asked)),
    }


def _is_preparing(set_off: SetOff) -> bool:
    return Job.objects.unfinished().filter(name="payouts.prepare", key=set_off.reference).exists()


def _next_of(set_off: SetOff) -> SetOff | None:
    """The set-off that took what this one left."""
    lines = SetOffLine.objects.filter(item__lines__set_off=set_off, set_off__gt=set_off.pk)
    line = lines.exclude(state=LineState.WITHDRAWN).select_related("set_off").order_by("set_off").first()
    return line.set_off if line else None


def _last_stage(set_off: SetOff, paid: Payout | None, asked: Collection | None) -> dict[str, Any]:
    """What the third stage is called, and whether it is reached."""
    if set_off.net_due == 0:
        return {"label": _("Nothing is left to pay"), "done": True, "at": None}
    if paid is not None:
        return {"label": _("Paid to you"), "done": paid.state == PayoutState.PAID, "at": paid.paid_on}
    if asked is not None:
        return {"label": _("Paid by you"), "done": asked.state == CollectionState.PAID, "at": None}
    return {"label": _("Paid, demanded or carried"), "done": False, "at": None}


def _stages(set_off: SetOff, last: dict[str, Any]) -> list[dict[str, Any]]:
    """Proposed, agreed, paid; one that was withdrawn stops there."""
    proposed = {"label": _("Proposed"), "state": "done", "at": set_off.proposed_at}
    if set_off.state == State.WITHDRAWN:
        return [proposed, {"label": set_off.get_state_display(), "state": "stopped", "at": None}]
    agreed = set_off.state == State.CONFIRMED
    done = "done" if agreed and last["done"] else "current" if agreed else "todo"
    return [
        proposed,
        {
            "label": _("Agreed") if agreed else _("Your answer"),
            "state": "done" if agreed else "current",
            "at": set_off.confirmed_at,
        },
        {"label": last["label"], "state": done, "at": last["at"]},
    ]
