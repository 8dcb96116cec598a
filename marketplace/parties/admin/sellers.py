"""Markets, sellers, contracts, members and bank accounts: forms whose save is an operation with its audit
record.
"""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.kernel.backoffice import LookOnlyAdmin, LookOnlyInline, actor, each, rate_column
from marketplace.parties import operations
from marketplace.parties.admin.ranks import RankedField
from marketplace.parties.models import (
    BankAccount,
    Contract,
    FallbackField,
    Market,
    Member,
    OrderPlace,
    Seller,
)
from marketplace.parties.rules import (
    BadAccountNumber,
    BadTaxId,
    BadZone,
    check_account_number,
    check_tax_id,
    check_zone,
)


class MarketForm(forms.ModelForm[Market]):
    receipt_order_places = RankedField(
        choices=OrderPlace.choices,
        label=gettext_lazy("Where a receipt names its order"),
        help_text=gettext_lazy("Looked at one after the other, the first first."),
    )
    receipt_fallback_fields = forms.MultipleChoiceField(
        choices=FallbackField.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("What must agree where no order is named"),
        help_text=gettext_lazy("None: such a receipt is refused."),
    )

    class Meta:
        model = Market
        exclude: list[str] = []

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        country = given.get("code") or self.instance.code  # of a market that stands, it is no field any more
        tax_id = given.get("entity_tax_id", "")
        _check(self, "entity_tax_id", lambda: check_tax_id(tax_id, country=country))
        if "zone" in self.fields:
            _check(self, "zone", lambda: check_zone(given.get("zone", "")))
        if given.get("entity_iban"):
            number = given["entity_iban"]
            _check(self, "entity_iban", lambda: check_account_number(number, country=country))
        return given


class SellerForm(forms.ModelForm[Seller]):
    class Meta:
        model = Seller
        exclude: list[str] = []

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        _check(
            self, "tax_id", lambda: check_tax_id(given.get("tax_id", ""), country=given.get("country", ""))
        )
        return given


def _check(form: Any, field: str, check: Any) -> None:
    try:
        check()
    except (BadTaxId, BadAccountNumber, BadZone):
        form.add_error(field, _("This number cannot be right: its form or its check digit is wrong."))


class NoDelete(admin.ModelAdmin[Any]):
    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Market)
class MarketAdmin(NoDelete):
    form = MarketForm
    list_display = (
        "code",
        "name",
        "currency",
        "zone",
        "default_cadence",
        "approves_clean",
        "receipt_required",
    )
    ordering = ("code",)
    fieldsets = (
        (
            None,
            {"fields": ("code", "name", "currency", "zone", "language", "practical_unit", "standard_vat_bp")},
        ),
        (
            gettext_lazy("Whom sellers invoice"),
            {
                "fields": (
                    "entity_name",
                    "entity_tax_id",
                    "entity_street",
                    "entity_zip",
                    "entity_city",
                    "entity_iban",
                    "entity_bic",
                    "entity_regime",
                )
            },
        ),
        (gettext_lazy("Mailboxes"), {"fields": ("accounting_email", "support_email", "receipts_email")}),
        (
            gettext_lazy("Rules"),
            {
                "fields": (
                    "default_cadence",
                    "busy_orders",
                    "approves_clean",
                    "unpaid_days",
                    "confirmation_days",
                    "invoice_days",
                    "takes_deposits",
                )
            },
        ),
        (
            gettext_lazy("Receipts"),
            {
                "fields": (
                    "receipt_required",
                    "receipt_reader",
                    "receipt_pdf_required",
                    "receipt_signature_required",
                    "receipts_taken_late",
                    "receipt_tolerance",
                    "receipt_order_places",
                    "receipt_fallback_fields",
                )
            },
        ),
        (
            gettext_lazy("Vouchers and refunds"),
            {
                "fields": ("refund_order", "voucher_renewal_days", "voucher_guide_url"),
                "description": gettext_lazy(
                    "How a refund is shared over what an order was paid with, where several ways can still "
                    "give back. What a voucher paid only ever comes back to the voucher."
                ),
            },
        ),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Market | None = None) -> tuple[str, ...]:
        return ("code", "currency", "zone") if obj else ()

    def save_model(self, request: HttpRequest, obj: Market, form: Any, change: bool) -> None:
        operations.save_market(market=obj, by=actor(request), at=timezone.now())


class MemberInline(LookOnlyInline):
    model = Member
    fields = ("user", "role")


class BankAccountInline(LookOnlyInline):
    model = BankAccount
    fields = ("masked", "state", "proposed_by", "proposed_at", "approved_by", "approved_at")
    readonly_fields = ("masked",)


@admin.register(Seller)
class SellerAdmin(NoDelete):
    form = SellerForm
    list_display = ("partner_number", "name", "market", "business_model", "email", "is_active")
    list_filter = ("market", "contract__model", "is_active")
    search_fields = ("partner_number", "name", "tax_id")
    ordering = ("market", "partner_number")
    list_select_related = ("market", "contract")
    inlines = (MemberInline, BankAccountInline)

    @admin.display(description=gettext_lazy("business model"))
    def business_model(self, row: Seller) -> str:
        return row.contract.get_model_display() if hasattr(row, "contract") else "–"

    def get_readonly_fields(self, request: HttpRequest, obj: Seller | None = None) -> tuple[str, ...]:
        return ("market", "partner_number") if obj else ()

    def save_model(self, request: HttpRequest, obj: Seller, form: Any, change: bool) -> None:
        operations.save_seller(seller=obj, by=actor(request), at=timezone.now())


@admin.register(Contract)
class ContractAdmin(NoDelete):
    list_display = ("seller", "model", "cadence", "commission", "negative_balance", "approves_clean")
    list_filter = ("model", "seller__market")
    search_fields = ("seller__partner_number", "seller__name")
    ordering = ("seller__partner_number",)
    list_select_related = ("seller",)
    autocomplete_fields = ("seller",)
    readonly_fields = ("former_model",)
    commission = rate_column("commission_bp", gettext_lazy("commission"))

    def save_model(self, request: HttpRequest, obj: Contract, form: Any, change: bool) -> None:
        operations.save_contract(contract=obj, by=actor(request), at=timezone.now())


@admin.register(Member)
class MemberAdmin(admin.ModelAdmin[Member]):
    list_display = ("user", "seller", "role")
    list_filter = ("role", "seller__market")
    search_fields = ("user__email", "seller__partner_number", "seller__name")
    ordering = ("user__email",)
    list_select_related = ("user", "seller")
    autocomplete_fields = ("user", "seller")

    def save_model(self, request: HttpRequest, obj: Member, form: Any, change: bool) -> None:
        operations.save_member(member=obj, by=actor(request), at=timezone.now())

    def delete_model(self, request: HttpRequest, obj: Member) -> None:
        operations.remove_member(member_id=obj.pk, by=actor(request), at=timezone.now())

    def delete_queryset(self, request: HttpRequest, queryset: "QuerySet[Member]") -> None:
        for row in queryset:
            self.delete_model(request, row)


@admin.register(BankAccount)
class BankAccountAdmin(LookOnlyAdmin):
    list_display = ("seller", "masked", "state", "proposed_by", "proposed_at", "approved_by", "approved_at")
    list_filter = ("state", "seller__market")
    search_fields = ("seller__partner_number", "seller__name")
    ordering = ("-proposed_at",)
    list_select_related = ("seller", "proposed_by", "approved_by")
    actions = ("approve",)

    @admin.action(description=gettext_lazy("Approve: pay to this account from now on"), permissions=["act"])
    def approve(self, request: HttpRequest, chosen: "QuerySet[BankAccount]") -> None:
        def act(row: BankAccount) -> None:
            operations.approve_bank_account(seller_id=row.seller_id, by=actor(request), at=timezone.now())

        each(request, chosen, act, refusals=(operations.NothingProposed, operations.SamePerson))
