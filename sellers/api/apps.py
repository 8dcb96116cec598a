from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    name = "sellers.api"
    label = "api"
    verbose_name = _("Sellers' systems")
    default_auto_field = "django.db.models.BigAutoField"
