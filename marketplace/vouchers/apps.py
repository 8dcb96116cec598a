from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VouchersConfig(AppConfig):
    name = "marketplace.vouchers"
    label = "vouchers"
    verbose_name = _("Vouchers")
    default_auto_field = "django.db.models.BigAutoField"
