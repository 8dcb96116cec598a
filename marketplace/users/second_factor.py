"""The second factor: whether a login has one, and whether this session showed it."""

from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse


def has_second_factor(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Tell whether the login has an authenticator app enrolled."""
    return bool(is_mfa_enabled(user, [Authenticator.Type.TOTP]))


def used_second_factor(request: HttpRequest) -> bool:
    """Tell whether this session was opened, or confirmed since, with a second factor its user still has."""
    if not request.user.is_authenticated:
        return False
    records = get_authentication_records(request, request.user)
    return any(record["method"] == "mfa" for record in records) and has_second_factor(request.user)


class Enrol(ActivateTOTPView):  # type: ignore[misc]
    """Enrol an authenticator app; the code that proves it counts as used in this session."""

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        post_authentication(
            self.request, Authenticator.objects.get(user=self.request.user, type=Authenticator.Type.TOTP)
        )
        return response
