"""The three steps of connecting a channel, and the same as tabs of its settings."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from sellers.erp.models import Channel

CREDENTIALS, CONFIGURATION, AUTOMATION = 1, 2, 3


def steps(current: int, channel: Channel | None) -> list[dict[str, Any]]:
    """The three steps; those one may go to have an address."""
    names = (
        (_("Credentials"), "portal:erp_connect"),
        (_("Configuration"), "portal:erp_connect_configuration"),
        (_("Automatic invoicing"), "portal:erp_connect_automation"),
    )
    return [
        {
            "label": label,
            "state": "current" if number == current else "done" if number < current else "next",
            "url": reverse(url) if channel is not None and number != current else "",
        }
        for number, (label, url) in enumerate(names, 1)
    ]


def setting_tabs(current: int) -> list[dict[str, Any]]:
    """The settings of a connected channel."""
    names = (
        (CONFIGURATION, _("Configuration"), "portal:erp_configuration"),
        (AUTOMATION, _("Automatic invoicing"), "portal:erp_automation"),
        (CREDENTIALS, _("Credentials"), "portal:erp_credentials"),
    )
    return [
        {"label": label, "url": reverse(url), "active": number == current, "count": None}
        for number, label, url in names
    ]


def framed(step: int, channel: Channel | None, *, wizard: bool) -> dict[str, Any]:
    """What a page shows around its form: the steps, or the settings' tabs."""
    crumbs = [
        {"label": pgettext("ERP", "Channels"), "url": reverse("portal:erp_channels")},
        {"label": _("Connect Alegra") if wizard else _("Settings of %(channel)s") % {"channel": channel}},
    ]
    told: dict[str, Any] = {"crumbs": crumbs, "wizard": wizard, "channel": channel}
    if wizard:
        return told | {"steps": steps(step, channel), "step": step}
    return told | {"tabs": setting_tabs(step)}
