from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeriodsConfig(AppConfig):
    name = "settlement.periods"
    label = "periods"
    verbose_name = _("Settlement periods")
    default_auto_field = "django.db.models.BigAutoField"
