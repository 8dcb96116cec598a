from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PartiesConfig(AppConfig):
    name = "marketplace.parties"
    label = "parties"
    verbose_name = _("Markets and sellers")
    default_auto_field = "django.db.models.BigAutoField"
