from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ErpConfig(AppConfig):
    name = "sellers.erp"
    label = "erp"
    verbose_name = _("ERP channels")
    default_auto_field = "django.db.models.BigAutoField"
