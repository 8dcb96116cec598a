from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InvoicesConfig(AppConfig):
    name = "settlement.invoices"
    label = "invoices"
    verbose_name = _("Sellers' invoices")
    default_auto_field = "django.db.models.BigAutoField"
