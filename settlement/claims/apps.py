from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClaimsConfig(AppConfig):
    name = "settlement.claims"
    label = "claims"
    verbose_name = _("Claims and disputes")
    default_auto_field = "django.db.models.BigAutoField"
