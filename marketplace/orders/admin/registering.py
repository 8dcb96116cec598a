"""Registering a return in the back office: the order, what came back of it, a preview, and then for good."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.validators import RegexValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.kernel.backoffice import money
from marketplace.kernel.desk import DeskAdmin, acting
from marketplace.kernel.desk_parts import Notice, Table
from marketplace.orders.models import Custody, Method, Order, OrderLine, Return, State
from marketplace.orders.operations.intake import Outcome, Taken
from marketplace.orders.operations.rehearsing import Rehearsed, Share, rehearse_return
from marketplace.orders.operations.returning import quantities_of, register_returns
from marketplace.orders.rules.returning import ReturnFacts, left_after
from marketplace.parties.models import Market

LONGEST_NUMBER = 32
MINUTE = "%Y-%m-%dT%H:%M"


def may_register(request: HttpRequest) -> bool:
    """Whether the login may register returns."""
    return request.user.has_perm("orders.add_return")


@dataclass(frozen=True, slots=True)
class Part:
    """A line of the order, how many of it are left, and the field for how many came back."""

    line: OrderLine
    left: int
    price: Any
    field: Any


class FindForm(forms.Form):
    """Which order came back."""

    market = forms.ModelChoiceField(Market.objects.order_by("code"), label=gettext_lazy("Market"))
    number = forms.CharField(label=gettext_lazy("Order number"), max_length=32)

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if told.get("market") and told.get("number"):
            number = told["number"].strip()
            told["order"] = Order.objects.filter(market=told["market"], number=number).first()
            if told["order"] is None:
                self.add_error("number", _("This market has no such order."))
        return told


class ReturnForm(forms.Form):
    """What came back of one order, line by line."""

    number = forms.CharField(
        label=gettext_lazy("Return number"),
        max_length=LONGEST_NUMBER,
        validators=[
            RegexValidator(
                r"^[A-Za-z0-9._/-]+$", gettext_lazy("Letters, digits, dots, dashes, slashes or underscores.")
            )
        ],
    )
    at = forms.DateTimeField(
        label=gettext_lazy("Came back"),
        widget=forms.DateTimeInput(format=MINUTE, attrs={"type": "datetime-local"}),
        help_text=gettext_lazy("In the market's time. It decides which document takes it into account."),
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, order: Order, told: Any, *, whole: bool, now: datetime) -> None:
        lines = list(order.lines.select_related("order").order_by("position"))
        earlier = quantities_of(order.returns.all()).values()
        left = left_after([line.facts for line in lines], earlier)
        zone = ZoneInfo(order.market.zone)
        initial = {"number": _next_number(order), "at": now.astimezone(zone).strftime(MINUTE)}
        super().__init__(told, initial=initial)
        self.order, self.now, self.zone = order, now, zone
        self._lines = {place: (line, left[place]) for place, line in enumerate(lines, start=1)}
        for place, (line, rest) in self._lines.items():
            self.fields[f"line_{place}"] = forms.IntegerField(
                label=line.name,
                required=False,
                min_value=0,
                max_value=rest,
                initial=rest if whole else 0,
                disabled=not rest,
            )

    @property
    def parts(self) -> Iterator[Part]:
        """The order's lines with their fields."""
        for place, (line, rest) in self._lines.items():
            price = money(line.unit_price, self.order.currency)
            yield Part(line, rest, price, self[f"line_{place}"])

    @property
    def plain(self) -> list[Any]:
        """The fields that are not of a line."""
        return [self[name] for name in ("number", "at", "reason")]

    def clean_at(self) -> datetime:
        """The instant that was typed as the market's clocks show it."""
        told: datetime = self.cleaned_data["at"]
        at = timezone.make_naive(told).replace(tzinfo=self.zone)
        if at > self.now:
            raise forms.ValidationError(_("This moment is still to come."))
        return at

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if not self.errors and not self.quantities:
            raise forms.ValidationError(_("Say of at least one line how many came back."))
        return told

    @property
    def quantities(self) -> Mapping[int, int]:
        """How many of each line came back."""
        told = {place: self.cleaned_data.get(f"line_{place}") or 0 for place in self._lines}
        return {place: count for place, count in told.items() if count}

    @property
    def facts(self) -> ReturnFacts:
        """What was told, for the operation."""
        told = self.cleaned_data
        return ReturnFacts(
            told["number"], self.order.number, told["at"], self.quantities, (), told["reason"].strip()
        )


def _next_number(order: Order) -> str:
    ending = f"-R{order.returns.count() + 1}"
    return f"{order.number[: LONGEST_NUMBER - len(ending)]}{ending}"


def register_page(desk: DeskAdmin, request: HttpRequest) -> HttpResponse:
    """Find an order, say what came back of it, look at what that means, and register it."""
    if not may_register(request):
        raise PermissionDenied
    if "order" not in request.GET:
        return _find(desk, request)
    asked = request.GET["order"]
    orders = Order.objects.select_related("market", "seller")
    order = get_object_or_404(orders, pk=asked if asked.isdecimal() else None)
    if order.state != State.DELIVERED or order.test:
        return _page(desk, request, order, notices=[_not_for_returns(order)])
    told = request.POST if request.method == "POST" else None
    form = ReturnForm(order, told, whole="whole" in request.GET, now=timezone.now())
    if not form.is_valid():
        return _page(desk, request, order, form=form)
    return _preview_or_register(desk, request, order, form)


def _find(desk: DeskAdmin, request: HttpRequest) -> HttpResponse:
    form = FindForm(request.GET or None)
    if form.is_valid():
        return redirect(f"{request.path}?order={form.cleaned_data['order'].pk}")
    return desk.own_page(
        request, title=_("Register a return"), form=form, method="get", submit=_("Find the order")
    )


def _not_for_returns(order: Order) -> Notice:
    if order.test:
        return Notice(_("It is a test order; those never touch money."), "bad")
    text = _(
        "It is %(state)s: only what was delivered can come back. Before that it is a status of the order."
    )
    return Notice(text % {"state": order.get_state_display().lower()}, "bad")


def _preview_or_register(
    desk: DeskAdmin, request: HttpRequest, order: Order, form: ReturnForm
) -> HttpResponse:
    """Register what was seen just so before; else show it."""
    rehearsed = rehearse_return(market=order.market, facts=form.facts, at=form.now)
    if rehearsed.taken.outcome == Outcome.REFUSED:
        return _page(desk, request, order, form=form, notices=[Notice(rehearsed.taken.reason, "bad")])
    seen = _print_of(form.facts, rehearsed)
    wanted = request.POST.get("do") == "register"
    if wanted and form.cleaned_data["seen"] == seen:
        (taken,) = register_returns(market=order.market, told=[form.facts], **acting(request))
        if taken.outcome != Outcome.REFUSED:
            return _registered(request, order, taken)
        return _page(desk, request, order, form=form, notices=[Notice(taken.reason, "bad")])
    changed = [Notice(_("Something has changed: look at the preview again."), "warn")] if wanted else []
    form.data = {**request.POST.dict(), "seen": seen}
    table = _preview(order, rehearsed)
    return _page(desk, request, order, form=form, notices=changed, preview=table)


def _registered(request: HttpRequest, order: Order, taken: Taken) -> HttpResponse:
    row = Return.objects.get(market=order.market, number=taken.number)
    if taken.outcome == Outcome.UNCHANGED:
        messages.info(request, _("It was registered already; nothing was changed."))
    else:
        messages.success(request, _("Registered. What is to be paid back waits under Refunds."))
    return redirect("admin:orders_return_change", row.pk)


def _print_of(facts: ReturnFacts, rehearsed: Rehearsed) -> str:
    """What stands for all that a person saw before they agreed to it."""
    told = (facts.number, facts.at.isoformat(), sorted(facts.lines.items()), facts.reason)
    return sha256(repr((told, rehearsed.gross, list(rehearsed.shares))).encode()).hexdigest()


def _preview(order: Order, rehearsed: Rehearsed) -> Table:
    rows: list[Sequence[Any]] = [
        (
            str(Method(each.method).label) + (f" {each.voucher}" if each.voucher else ""),
            _who(each),
            money(each.amount, order.currency),
        )
        for each in rehearsed.shares
    ]
    return Table(
        title=_("What will be given back"),
        words=(_("paid with"), _("by whom")),
        figures=(_("amount"),),
        rows=rows,
        foot=[(_("Sale price of what came back"), "", money(rehearsed.gross, order.currency))],
        empty=_("Nothing."),
    )


def _who(share: Share) -> str:
    if share.voucher:
        return _("to the voucher, by customer service")
    return _("the seller") if share.payer == Custody.SELLER else _("the marketplace")


def _page(desk: DeskAdmin, request: HttpRequest, order: Order, **context: Any) -> HttpResponse:
    title = _("Register a return of order %(number)s") % {"number": order.number}
    return desk.own_page(request, title=title, template="admin/orders/register.html", order=order, **context)
