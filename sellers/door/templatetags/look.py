"""What the pages' look needs beyond plain templates: icons, tones, bars of money, sortable headings."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, chain, pairwise
from typing import Any, NotRequired, TypedDict

from django import template
from django.utils.safestring import SafeString
from tablericons.templatetags.tablericons import icon as draw_icon

register = template.Library()

WIDTH = 1000
GAP = 4
PAGING_KEYS = ("after", "before", "page")

TONES = {
    "ok": "ok success delivered captured received approved issued done paid documented booked confirmed "
    "invoiced",
    "warn": "warning blocked awaited partly_refunded under_review retrying late preview "
    "in_review amount_changed receipt_missing duplicate_row duplicate after_cutoff not_delivered",
    "bad": "error lost returned refunded refused failed dead disputed unknown_order other_seller "
    "unreadable void reversed declined",
    "info": "info debug open shipping authorised sent submitted queued running rendering "
    "reading nothing_new proposed",
    "accent": "shipped late_arrival",
}
TONE_OF = {word: tone for tone, words in TONES.items() for word in words.split()}
TONE_ICONS = {"ok": "circle-check", "warn": "alert-triangle", "bad": "alert-circle"}


class Part(TypedDict):
    """One part of a sum: what it is, how much in minor units, its colour's number, and its page."""

    label: str
    amount: int
    series: NotRequired[int]
    url: NotRequired[str]


@dataclass(frozen=True)
class Segment:
    """One rectangle of a bar, in thousandths of its width."""

    series: int
    x: int
    width: int


@dataclass(frozen=True)
class Step:
    """One row of a waterfall: a total, or a change from the row above."""

    label: str
    amount: int
    is_total: bool
    series: int
    x: int
    width: int
    url: str = ""


@register.simple_tag
@lru_cache(maxsize=512)
def icon(name: str, size: int = 20) -> SafeString:
    """Draw one of Tabler's outline icons; decorative, so hidden from screen readers."""
    drawn = draw_icon(
        f"outline/{name}", size=size, stroke_width=1.75, **{"class": "icon", "aria-hidden": "true"}
    )
    return SafeString(drawn)


@register.filter
def tone(state: object) -> str:
    """Return the tone a state is shown in: ok, warn, bad, info, accent, or nothing for neutral."""
    return TONE_OF.get(str(state).lower(), "")


@register.filter
def tone_icon(tone_name: str) -> str:
    """Return the icon that goes with a tone."""
    return TONE_ICONS.get(tone_name, "info-circle")


@register.inclusion_tag("components/split_bar.html")
def split_bar(parts: Iterable[Part], label: str) -> dict[str, Any]:
    """Draw how a sum splits into parts, in the order given; signs do not matter."""
    return {"segments": segments([abs(part["amount"]) for part in parts]), "label": label}


@register.inclusion_tag("components/waterfall.html")
def waterfall(parts: Iterable[Part], total_label: str, currency: str) -> dict[str, Any]:
    """Draw how a first amount becomes a last one: each further part adds or takes away."""
    return {"steps": waterfall_steps(list(parts), total_label), "currency": currency}


@register.inclusion_tag("components/sort_heading.html", takes_context=True)
def sort_heading(context: template.Context, key: str, label: str, css: str = "") -> dict[str, Any]:
    """Write a column heading that sorts by ``key``; a leading minus makes the first click descend.

    The context's ``sort`` names the order at hand, such as ``-placed``.
    """
    name = key.removeprefix("-")
    now = str(context.get("sort", ""))
    order = {name: "ascending", f"-{name}": "descending"}.get(now, "")
    after = {"ascending": f"-{name}", "descending": name}.get(order, key)
    query = context["request"].GET.copy()
    for paging_key in PAGING_KEYS:
        query.pop(paging_key, None)
    query["sort"] = after
    return {"label": label, "css": css, "order": order, "query": query.urlencode()}


def segments(amounts: list[int]) -> list[Segment]:
    """Lay amounts side by side over the whole width, a thin gap after each but the last."""
    total = sum(amounts)
    edges = [0, *(edge * WIDTH // total for edge in accumulate(amounts))] if total else []
    drawn = [(series, left, right) for series, (left, right) in enumerate(pairwise(edges), 1) if right > left]
    return [
        Segment(series, left, max(right - left - (GAP if right < WIDTH else 0), 1))
        for series, left, right in drawn
    ]


def waterfall_steps(parts: list[Part], total_label: str) -> list[Step]:
    """Place every part where the one before it ended; the total starts at nothing again."""
    ends = list(accumulate(part["amount"] for part in parts))
    total = Part(label=total_label, amount=ends[-1] if ends else 0)
    spans = list(pairwise(chain([0], ends)))
    lowest, highest = min([0, *ends]), max([0, *ends])
    scale = max(highest - lowest, 1)
    rows = [*zip(parts, spans, strict=True), (total, (0, total["amount"]))]
    return [
        Step(
            label=part["label"],
            amount=part["amount"],
            is_total=part is total,
            series=part.get("series", 1 if part is total or position == 0 else position % 5 + 1),
            x=min((min(span) - lowest) * WIDTH // scale, WIDTH - 2),
            width=max(abs(span[1] - span[0]) * WIDTH // scale, 2),
            url=part.get("url", ""),
        )
        for position, (part, span) in enumerate(rows)
    ]
