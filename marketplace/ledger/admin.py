"""The journal and the accounts, to look at."""

from typing import Any

from django.contrib import admin
from django.db.models import Sum
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.backoffice import LookOnlyAdmin, LookOnlyInline, money
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
class EntryAdmin(LookOnlyAdmin):
    list_display = ("at", "key", "said", "market")
    list_filter = ("market",)
    search_fields = ("key",)
    ordering = ("-at", "-pk")
    list_select_related = ("market",)
    inlines = (PostingInline,)
    show_full_result_count = False
    fields = ("key", "fingerprint", "market", "at", "said", "reverses")
    readonly_fields = ("said",)

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
