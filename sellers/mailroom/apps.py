from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MailroomConfig(AppConfig):
    name = "sellers.mailroom"
    label = "mailroom"
    verbose_name = _("Mailroom")
    default_auto_field = "django.db.models.BigAutoField"
