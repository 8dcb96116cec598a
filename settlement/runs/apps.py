from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RunsConfig(AppConfig):
    name = "settlement.runs"
    label = "runs"
    verbose_name = _("Settlement runs")
    default_auto_field = "django.db.models.BigAutoField"
