"""How a login comes in: nobody signs up by themselves, and every entry, and every failed one, is on the
record.
"""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils import timezone

from marketplace.kernel.audit import record
from marketplace.users.models import User


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Logins are made by the marketplace."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        record(verb="login", subject=user.email, by=user, at=timezone.now())

    def logout(self, request: HttpRequest) -> None:
        record(verb="logout", subject=str(request.user), by=request.user, at=timezone.now())
        super().logout(request)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        super().authentication_failed(request, **credentials)
        told = str(credentials.get("email") or credentials.get("username") or "")
        record(verb="login.failed", subject=told, by=None, at=timezone.now())
