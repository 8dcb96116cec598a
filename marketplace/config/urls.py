"""Every address of Saldo."""

from django.contrib import admin
from django.urls import include, path

from marketplace.users.second_factor import Enrol

urlpatterns = [
    path("account/2fa/totp/activate/", Enrol.as_view(), name="mfa_activate_totp"),
    path("account/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("", include("sellers.portal.urls")),
]
