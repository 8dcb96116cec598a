from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NettingConfig(AppConfig):
    name = "settlement.netting"
    label = "netting"
    verbose_name = _("Set-offs")
    default_auto_field = "django.db.models.BigAutoField"
