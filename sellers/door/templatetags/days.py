"""Days and moments in templates: in the active language and the active time zone."""

from datetime import date, datetime
from functools import lru_cache

from babel.dates import format_skeleton
from django import template
from django.utils import timezone
from django.utils.translation import get_language

from marketplace.kernel.days import locale_of, span_text

register = template.Library()


@register.filter
def day(value: date | None) -> str:
    """Write a day: ``15 Nov 2026``."""
    return "" if value is None else written(local_day(value), "yMMMd", language())


@register.filter
def short_day(value: date | None) -> str:
    """Write a day without its year: ``15 Nov``."""
    return "" if value is None else written(local_day(value), "MMMd", language())


@register.filter
def month(value: date | None) -> str:
    """Write a month: ``November 2026``."""
    return "" if value is None else written(local_day(value), "yMMMM", language())


@register.filter
def moment(value: datetime | None) -> str:
    """Write a day with its time: ``15 Nov 2026 09:12``."""
    if value is None:
        return ""
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{day(local)} {local:%H:%M}"


@register.filter
def through(first: date, last: date) -> str:
    """Write a span by its first and last day: ``1–15 Nov 2026``."""
    return span_text(local_day(first), local_day(last), language=language())


@lru_cache(maxsize=1024)
def written(value: date, skeleton: str, spoken: str) -> str:
    """Write a day with the fields a skeleton names."""
    return str(format_skeleton(skeleton, value, locale=locale_of(spoken)))


def local_day(value: date) -> date:
    """Return the day an instant falls on in the active time zone; a day stays itself."""
    if not isinstance(value, datetime):
        return value
    return (timezone.localtime(value) if timezone.is_aware(value) else value).date()


def language() -> str:
    """Return the language of the page at hand."""
    return get_language() or "en"
