"""Puts Saldo's own admin site in the place of Django's."""

from django.contrib.admin.apps import AdminConfig


class SaldoAdminConfig(AdminConfig):
    """Django's admin with the site of the marketplace's staff."""

    default_site = "marketplace.config.admin.SaldoAdminSite"
