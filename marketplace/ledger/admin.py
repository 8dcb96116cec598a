"""The journal and the accounts, to look at."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from django.contrib import admin
from django.db.models import Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.backoffice import LookOnlyAdmin, LookOnlyInline, money
from marketplace.kernel.desk import DeskAdmin
from marketplace.ledger.models import Account, Entry, Posting
from marketplace.ledger.wording import entry_text


class PostingInline(LookOnlyInline):
    model = Posting
    fields = ("account", "shown")
    readonly_fields = ("shown",)

    @admin.display(description=_("amount (debit +, credit −)"))
    def shown(self, row: Posting) -> Any:
        return money(row.amount, row.account.currency)


@admin.register(Entry)
class EntryAdmin(DeskAdmin):
    list_display = ("at", "key", "said", "market")
    list_filter = ("market",)
    date_hierarchy = "at"
    search_fields = ("key",)
    ordering = ("-at", "-pk")
    list_select_related = ("market",)
    inlines = (PostingInline,)
    fields = ("key", "fingerprint", "market", "at", "said", "reverses")
    readonly_fields = ("said",)

    def tools(self, request: HttpRequest) -> Iterable[tuple[Any, str]]:
        market = request.GET.get("market__id__exact", "")
        yield _("Download the journal"), f"{reverse('admin:exports_export_journal')}?market={quote(market)}"

    @admin.display(description=_("text"))
    def said(self, row: Entry) -> str:
        return entry_text(row.text)


@admin.register(Account)
class AccountAdmin(LookOnlyAdmin):
    list_display = ("market", "seller", "kind", "balance")
    list_filter = ("market", "kind")
    search_fields = ("seller__partner_number", "seller__name")
    ordering = ("market", "kind", "seller")
    list_select_related = ("market", "seller")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(total=Sum("postings__amount"))

    @admin.display(description=_("balance (debit +, credit −)"), ordering="total")
    def balance(self, row: Any) -> Any:
        return money(row.total or 0, row.currency)
