from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PayoutsConfig(AppConfig):
    name = "settlement.payouts"
    label = "payouts"
    verbose_name = _("Payouts and collections")
    default_auto_field = "django.db.models.BigAutoField"
