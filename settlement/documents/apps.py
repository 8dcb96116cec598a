from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DocumentsConfig(AppConfig):
    name = "settlement.documents"
    label = "documents"
    verbose_name = _("Invoice documents")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the check of what documents are drawn with."""
        import_module("settlement.documents.checks")
