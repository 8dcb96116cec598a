"""Who may send for whom, in the back office."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.desk import Deed, DeskAdmin, acting
from sellers.mailroom.models import AllowedSender
from sellers.mailroom.operations.senders import (
    NoAddress,
    TooBroad,
    allow_sender,
    check_address,
    forbid_sender,
)


def _forbid(request: HttpRequest, row: AllowedSender, text: str) -> None:
    forbid_sender(sender_id=row.pk, **acting(request))


class AllowedSenderForm(forms.ModelForm[AllowedSender]):
    class Meta:
        model = AllowedSender
        fields = ("seller", "address")

    def clean_address(self) -> str:
        """The address as it is compared.

        :raises ValidationError: if it is none, or open to everybody.
        """
        try:
            return check_address(self.cleaned_data["address"])
        except (NoAddress, TooBroad) as refusal:
            raise forms.ValidationError(str(refusal)) from None


@admin.register(AllowedSender)
class AllowedSenderAdmin(DeskAdmin):
    form = AllowedSenderForm
    list_display = ("address", "seller", "added_by", "added_at")
    list_filter = ("seller__market",)
    search_fields = ("address", "seller__partner_number", "seller__name")
    ordering = ("seller__partner_number", "address")
    list_select_related = ("seller", "added_by")
    autocomplete_fields = ("seller",)
    deeds = (Deed("forbid", _("Forbid"), _forbid, note=_("Its mails are a stranger's from now on.")),)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("mailroom.add_allowedsender")

    def get_fields(self, request: HttpRequest, obj: AllowedSender | None = None) -> tuple[str, ...]:
        return self.list_display if obj else ("seller", "address")

    def save_model(self, request: HttpRequest, obj: AllowedSender, form: Any, change: bool) -> None:
        row = allow_sender(seller_id=obj.seller_id, address=obj.address, **acting(request))
        obj.pk = row.pk
