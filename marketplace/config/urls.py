"""Every address of Saldo."""

from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language

from marketplace.users.second_factor import Enrol

urlpatterns = [
    path("account/2fa/totp/activate/", Enrol.as_view(), name="mfa_activate_totp"),
    path("account/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("language/", set_language, name="set_language"),
    path("door/", include("sellers.door.urls")),
    path("", include("sellers.api.urls")),
    path("", include("sellers.portal.urls")),
]
