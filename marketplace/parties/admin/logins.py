"""Logins in the back office."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as StockUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.audit import record
from marketplace.users.models import User

# Second factors and mail addresses are the login's own business, on its own pages.
admin.site.unregister([Authenticator, EmailAddress])


class NewLoginForm(AdminUserCreationForm[User]):
    class Meta:
        model = User
        fields = ("email", "name")


@admin.register(User)
class UserAdmin(StockUserAdmin[User]):
    add_form = NewLoginForm
    ordering = ("email",)
    list_display = ("email", "name", "is_staff", "is_active", "last_login")
    list_filter = ("is_staff", "is_active", "groups")
    search_fields = ("email", "name")
    fieldsets = (
        (None, {"fields": ("email", "name", "password")}),
        (
            _("What this login may do"),
            {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")},
        ),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (
            None,
            {"classes": ("wide",), "fields": ("email", "name", "usable_password", "password1", "password2")},
        ),
    )
    readonly_fields = ("last_login", "date_joined")

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        changed = {"fields": sorted(set(form.changed_data) - {"password1", "password2"})}
        verb = "login.changed" if change else "login.added"
        record(verb=verb, subject=obj.email, by=request.user, at=timezone.now(), details=changed)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # acts are signed by logins: one that is no longer used is made inactive
