"""The addresses of the pages of ERP channels."""

from django.urls import URLPattern, path

from sellers.portal.erp_invoicing_urls import invoicing_urls
from sellers.portal.views.erp import catalogue, channel, connecting, readiness

WIZARD = {"wizard": True}

erp_urls: list[URLPattern] = [
    path("", catalogue.channels, name="erp_channels"),
    path("progress/", catalogue.progress, name="erp_progress"),
    path("connect/", connecting.connect, name="erp_connect"),
    path("connect/try/", connecting.connect_now, name="erp_connect_now"),
    path("connect/configuration/", channel.configuration, WIZARD, name="erp_connect_configuration"),
    path("connect/configuration/save/", channel.configure, WIZARD, name="erp_connect_configure"),
    path("connect/automatic/", channel.automation, WIZARD, name="erp_connect_automation"),
    path("connect/automatic/save/", channel.automate, WIZARD, name="erp_connect_automate"),
    path("settings/", channel.configuration, name="erp_configuration"),
    path("settings/save/", channel.configure, name="erp_configure"),
    path("settings/automatic/", channel.automation, name="erp_automation"),
    path("settings/automatic/save/", channel.automate, name="erp_automate"),
    path("settings/credentials/", connecting.credentials, name="erp_credentials"),
    path("settings/credentials/save/", connecting.change, name="erp_change_credentials"),
    path("settings/read-anew/", catalogue.read_anew, name="erp_read_anew"),
    path("settings/items/", channel.item_choices, name="erp_item_choices"),
    path("disconnect/", connecting.disconnect, name="erp_disconnect"),
    path("disconnect/now/", connecting.disconnect_now, name="erp_disconnect_now"),
    path("readiness/", readiness.readiness, name="erp_readiness"),
    path("readiness/export/", readiness.export, name="erp_readiness_export"),
    *invoicing_urls,
]
