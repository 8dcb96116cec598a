"""Vouchers in the back office: looked at down to every movement, blocked and released, issued."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import partial
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.backoffice import badge, money, money_column, state_column
from marketplace.kernel.desk import Deed, DeskAdmin, acting
from marketplace.kernel.desk_parts import Notice, Table, history, market_column, moment
from marketplace.kernel.states import IllegalMove
from marketplace.parties.models import Market
from marketplace.vouchers.admin import issuing, lists
from marketplace.vouchers.models import MovementKind, State, Voucher, VoucherMovement
from marketplace.vouchers.operations import ReasonMissing, block_voucher, release_voucher

MOST = 200
"""Movements a page shows."""

TONES: dict[str, str] = {State.ACTIVE: "ok", State.BLOCKED: "bad", State.EXPIRED: "none"}
KIND_TONES: dict[str, str] = {
    MovementKind.ISSUED: "info",
    MovementKind.REDEEMED: "accent",
    MovementKind.REACTIVATED: "ok",
    MovementKind.EXPIRED: "none",
}
SEES_CODES = "vouchers.see_code"


def _block(request: HttpRequest, row: Voucher, text: str) -> None:
    block_voucher(voucher_id=row.pk, reason=text, **acting(request))


def _release(request: HttpRequest, row: Voucher, text: str) -> None:
    release_voucher(voucher_id=row.pk, reason=text, **acting(request))


REFUSALS = (IllegalMove, ReasonMissing)
DEEDS = (
    Deed(
        "block",
        _("Block"),
        _block,
        refusals=REFUSALS,
        asks=_("reason"),
        note=_("It pays nothing until it is released. Orders it paid already stay as they are."),
        when=lambda request, row: row.state == State.ACTIVE,
        grave=True,
    ),
    Deed(
        "release",
        _("Release"),
        _release,
        refusals=REFUSALS,
        asks=_("reason"),
        note=_("It can pay again, up to its balance and its last day."),
        when=lambda request, row: row.state == State.BLOCKED,
    ),
)


class LeftFilter(admin.SimpleListFilter):
    """How much of a voucher is left."""

    title = _("balance")
    parameter_name = "left"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("some", _("Something is left")), ("used", _("Used in part")), ("none", _("Nothing is left"))]

    def queryset(self, request: HttpRequest, rows: "QuerySet[Voucher]") -> "QuerySet[Voucher]":
        match self.value():
            case "some":
                return rows.filter(balance__gt=0)
            case "used":
                return rows.filter(balance__gt=0, balance__lt=F("amount"))
            case "none":
                return rows.filter(balance=0)
        return rows


class EndFilter(admin.SimpleListFilter):
    """How soon a voucher's last day comes."""

    title = _("last day")
    parameter_name = "ends"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("30", _("Within 30 days")), ("90", _("Within 90 days")), ("never", _("Has none"))]

    def queryset(self, request: HttpRequest, rows: "QuerySet[Voucher]") -> "QuerySet[Voucher]":
        asked = self.value()
        if asked == "never":
            return rows.filter(expires_on__isnull=True)
        if asked not in ("30", "90"):
            return rows
        last = timezone.localdate() + timedelta(days=int(asked))
        return rows.filter(expires_on__lte=last).exclude(state=State.EXPIRED)


def _currency(row: Voucher) -> str:
    return row.currency


@admin.register(Voucher)
class VoucherAdmin(DeskAdmin):
    list_display = (
        "masked",
        "shown_market",
        "shown_state",
        "origin",
        "shown_amount",
        "shown_balance",
        "issued_at",
        "expires_on",
    )
    list_filter = ("market", "state", "origin", LeftFilter, EndFilter)
    search_fields = ("code__exact",)
    search_help_text = _("The whole code, as it stands on the voucher")
    ordering = ("-pk",)
    list_select_related = ("market",)
    deeds = DEEDS
    fields = readonly_fields = (
        "masked",
        "market",
        "shown_state",
        "origin",
        "shown_amount",
        "shown_balance",
        "issued_at",
        "expires_on",
    )
    shown_market = market_column
    shown_state = state_column(TONES)
    shown_amount = money_column("amount", _("issued for"), currency=_currency)
    shown_balance = money_column("balance", _("balance"), currency=_currency)

    @admin.display(description=_("code"), ordering="code")
    def masked(self, row: Voucher) -> str:
        return row.masked

    @admin.display(description=_("code"), ordering="code")
    def shown_code(self, row: Voucher) -> SafeString:
        return format_html('<span class="nowrap">{}</span>', row.code)

    def get_list_display(self, request: HttpRequest) -> Any:
        return _columns(request, self.list_display)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return _columns(request, self.fields)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return _columns(request, self.readonly_fields)

    def get_search_results(self, request: HttpRequest, rows: Any, term: str) -> Any:
        """By the whole code alone, however it was typed; the markets let the index find it."""
        if not (code := term.strip()):
            return rows, False
        markets = Market.objects.order_by().values("pk")
        return rows.filter(market__in=markets, code__in={code, code.upper()}), False

    def tools(self, request: HttpRequest) -> Iterable[tuple[Any, str]]:
        if issuing.may_issue(request):
            yield _("Issue a voucher"), reverse("admin:vouchers_voucher_issue")
            yield _("Issue a file of vouchers"), reverse("admin:vouchers_voucher_batch")
        yield _("Owed on vouchers"), reverse("admin:vouchers_voucher_totals")
        yield _("Download this list"), f"{reverse('admin:vouchers_voucher_export')}?{request.GET.urlencode()}"

    def notices(self, request: HttpRequest, row: Voucher) -> Iterable[Notice]:
        if row.state == State.BLOCKED:
            reason = (
                row.changes.filter(to_state=State.BLOCKED).order_by("-pk").values_list("reason", flat=True)
            )
            yield Notice(_("It is blocked: %(reason)s") % {"reason": reason.first() or "–"}, "bad")
        if row.state == State.EXPIRED:
            yield Notice(_("Its last day has passed. What was left is no longer owed."))

    def tables(self, row: Voucher) -> Iterable[Table]:
        yield _movements(row)
        yield history(row, TONES)

    def get_urls(self) -> list[URLPattern]:
        pages: dict[str, Callable[..., HttpResponseBase]] = {
            "issue": issuing.issue_page,
            "batch": issuing.batch_page,
            "totals": lists.totals_page,
            "export": lists.export,
        }
        own = [
            path(
                f"{name}/",
                self.admin_site.admin_view(partial(self._look, page)),
                name=f"vouchers_voucher_{name}",
            )
            for name, page in pages.items()
        ]
        return [*own, *super().get_urls()]

    def _look(self, page: Callable[..., HttpResponseBase], request: HttpRequest) -> HttpResponseBase:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return page(self, request)


def _columns(request: HttpRequest, names: Iterable[str]) -> tuple[str, ...]:
    """The same columns, with the whole code for those who may see it."""
    sees = request.user.has_perm(SEES_CODES)
    return tuple("shown_code" if sees and name == "masked" else name for name in names)


def _movements(row: Voucher) -> Table:
    """Every movement with the balance after it, the first one first."""
    movements = row.movements.select_related("by").order_by("pk")
    return Table(
        title=_("Movements"),
        words=(_("at"), _("what"), _("order"), _("by"), _("reason")),
        figures=(_("amount"), _("balance after")),
        rows=[
            (
                moment(each.at),
                badge(each.get_kind_display(), KIND_TONES[each.kind]),
                _order_link(row, each),
                each.by or "–",
                each.reason or "–",
                money(each.signed, row.currency),
                money(each.balance, row.currency),
            )
            for each in movements[:MOST]
        ],
        foot=[(_("Balance"), "", "", "", "", "", money(row.balance, row.currency))],
        more=_("Only the first %(count)s are shown.") % {"count": MOST}
        if len(movements[: MOST + 1]) > MOST
        else "",
    )


def _order_link(row: Voucher, movement: VoucherMovement) -> SafeString:
    """Where the order is found that a movement is of; orders lie above vouchers, so by its number."""
    if not movement.order:
        return SafeString("–")
    address = reverse("admin:orders_order_changelist")
    return format_html(
        '<a class="nowrap" href="{}?market__id__exact={}&amp;number={}">{}</a>',
        address,
        row.market_id,
        movement.order,
        movement.order,
    )
