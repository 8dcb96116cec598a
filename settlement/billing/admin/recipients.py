"""Recipients of invoices as accountants read them, alone or beside what they were before."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from settlement.billing.catalogues import REGIMES, USES
from settlement.billing.refusals import FIELDS

WORDS: Mapping[str, Mapping[str, str]] = {"regime": REGIMES, "use": USES}
ADDRESS = ("name", "tax_id", "street", "zip", "city", "email", "regime", "use")


def recipient_rows(told: Mapping[str, Any]) -> list[tuple[Any, str]]:
    """What is said of a recipient, field by field."""
    return [(FIELDS[name], _value(name, told)) for name in ADDRESS if told.get(name)]


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[Any, Any, Any]]:
    """The fields in which a recipient differs from what it was: before, and after, marked."""
    for name in ADDRESS:
        if before.get(name, "") != after.get(name, ""):
            yield FIELDS[name], _value(name, before) or "–", marked(_value(name, after) or "–")


def marked(text: str) -> SafeString:
    """What is new, so that one sees it at once."""
    return format_html('<mark class="changed">{}</mark>', text)


def _value(name: str, told: Mapping[str, Any]) -> str:
    value = str(told.get(name, ""))
    return f"{value} {WORDS.get(name, {}).get(value, '')}".strip()
