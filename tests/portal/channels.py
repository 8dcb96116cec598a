"""The addresses of ERP channels, and what a seller enters there."""

from typing import Any

from tests.erp.emulator import Company

CHANNELS = "/channels/"
FIRST, TRY = "/channels/connect/", "/channels/connect/try/"
SECOND, CONFIGURE = "/channels/connect/configuration/", "/channels/connect/configuration/save/"
THIRD, AUTOMATE = "/channels/connect/automatic/", "/channels/connect/automatic/save/"
SETTINGS, SAVE = "/channels/settings/", "/channels/settings/save/"
AUTOMATIC, SAVE_AUTOMATIC = "/channels/settings/automatic/", "/channels/settings/automatic/save/"
CREDENTIALS, CHANGE = "/channels/settings/credentials/", "/channels/settings/credentials/save/"


def entered(company: Company, **changes: str) -> dict[str, str]:
    told = {"name": "Our Alegra", "email": company.email, "token": company.token, "country": "CO"}
    return told | changes


def automation(**changes: Any) -> dict[str, Any]:
    return {"as_draft": "draft", "order_groups": ["sent", "completed"], **changes}
