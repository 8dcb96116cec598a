"""The back office: Django's admin, open only to staff who used a second factor in this session."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.admin import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from marketplace.kernel.desk_work import waiting_work
from marketplace.users.second_factor import has_second_factor, used_second_factor

ORDER = [
    "review",
    "documents",
    "invoices",
    "billing",
    "netting",
    "payouts",
    "claims",
    "periods",
    "runs",
    "exports",
    "mailroom",
    "receipts",
    "orders",
    "vouchers",
    "erp",
    "api",
    "ledger",
    "parties",
    "users",
    "kernel",
]


class SaldoAdminSite(AdminSite):
    """The admin site of the marketplace's staff."""

    site_header = _("Saldo back office")
    site_title = _("Saldo back office")
    index_title = _("The marketplace's books and papers")
    enable_nav_sidebar = False

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """What accountants work with first, the machine room last."""
        groups = super().get_app_list(request, app_label)
        return sorted(groups, key=lambda group: _place(group["app_label"]))

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The first page: what waits for this login above the lists it may look at."""
        work = list(waiting_work(self, request))
        return super().index(request, {"work": work, **(extra_context or {})})

    def has_permission(self, request: HttpRequest) -> bool:
        """Ask for staff rights and a second factor used since logging in."""
        return super().has_permission(request) and used_second_factor(request)

    @method_decorator([never_cache, login_not_required])
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Send staff to the step that is missing; for everyone else there is no back office."""
        if request.user.is_authenticated and not request.user.is_staff:
            raise Http404
        if self.has_permission(request):
            return redirect("admin:index")
        return redirect(f"{reverse(_missing_step(request))}?{urlencode({'next': _destination(request)})}")


def _place(label: str) -> int:
    return ORDER.index(label) if label in ORDER else len(ORDER)


def _missing_step(request: HttpRequest) -> str:
    if not request.user.is_authenticated:
        return "account_login"
    return "mfa_reauthenticate" if has_second_factor(request.user) else "mfa_activate_totp"


def _destination(request: HttpRequest) -> str:
    wanted = request.GET.get(REDIRECT_FIELD_NAME, "")
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else reverse("admin:index")
