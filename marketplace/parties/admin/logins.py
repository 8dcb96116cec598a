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


RIGHTS = ("is_staff", "is_superuser", "groups", "user_permissions")


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

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Rights are given by a superuser; whoever else keeps logins cannot raise one, least of all their
        own.
        """
        own = () if request.user.is_superuser else RIGHTS
        return (*super().get_readonly_fields(request, obj), *own)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        beyond = obj is not None and obj.is_staff and not request.user.is_superuser and obj != request.user
        return not beyond and super().has_change_permission(request, obj)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> Any:  # noqa: A002
        answer = super().user_change_password(request, id, form_url)
        if request.method == "POST" and answer.status_code == 302:
            record(
                verb="login.password_set",
                subject=str(self.get_object(request, id)),
                by=request.user,
                at=timezone.now(),
            )
        return answer

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # acts are signed by logins: one that is no longer used is made inactive
