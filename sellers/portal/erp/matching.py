"""Choosing the item that a SKU is: what the catalogue has that fits, and where one came from."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_

from django.db.models import Case, IntegerField, Q, Value, When
from django.urls import reverse
from django.utils.http import urlencode

from marketplace.orders.models import OrderLine
from sellers.erp.models import CatalogueItem, Channel, SkuMap

OFFERED = 12
"""Items offered at once; who wants another types more of it."""
SHORTEST_WORD = 3


@dataclass(frozen=True, slots=True)
class Matching:
    """A SKU for which an item is to be chosen: what orders call it, the item it is by hand so far, and the
    items offered; ``is_guess`` where nothing was typed, ``more`` where others fit as well.
    """

    sku: str
    product: str
    chosen: CatalogueItem | None
    is_by_hand: bool
    items: Sequence[CatalogueItem]
    is_guess: bool
    more: bool


def matching_of(channel: Channel, sku: str, text: str) -> Matching:
    """What is offered for a SKU: what the text finds, else what the SKU itself or the product's name does."""
    product = (
        OrderLine.objects.filter(order__seller=channel.seller_id, sku=sku)
        .order_by("-pk")
        .values_list("name", flat=True)
        .first()
    ) or ""
    said = SkuMap.objects.filter(channel=channel, sku=sku).values_list("external_id", flat=True).first()
    items = found_items(channel, text) if text else _guessed(channel, sku, product)
    return Matching(
        sku=sku,
        product=product,
        chosen=CatalogueItem.objects.filter(channel=channel, external_id=said).first() if said else None,
        is_by_hand=said is not None,
        items=items[:OFFERED],
        is_guess=not text,
        more=len(items) > OFFERED,
    )


def found_items(channel: Channel, text: str) -> list[CatalogueItem]:
    """Active items with all words of a text in their name, reference or barcode; the exact ones first."""
    words = text.split()[:8]
    if not words:
        return []
    fits = reduce(and_, (_holds(word) for word in words))
    exact = Case(
        When(Q(reference=text) | Q(barcode=text), then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    rows = CatalogueItem.objects.filter(fits, channel=channel, active=True)
    return list(rows.order_by(exact, "name", "pk")[: OFFERED + 1])


def back_to(asked: str) -> str:
    """The page somebody came from to choose an item; the errors queue where none is named."""
    kind, _colon, number = asked.partition(":")
    if kind == "order" and number and "/" not in number:
        return reverse("portal:order", args=[number]) + "#erp"
    pages = {"items": "portal:erp_items", "skus": "portal:erp_skus"}
    return reverse(pages.get(kind, "portal:erp_errors"))


def match_url(sku: str, *, back: str) -> str:
    """The page on which a SKU's item is chosen."""
    return f"{reverse('portal:erp_match')}?{urlencode({'sku': sku, 'back': back})}"


def _guessed(channel: Channel, sku: str, product: str) -> list[CatalogueItem]:
    """What has the SKU somewhere, else what is called alike: by ever fewer words of the product's name."""
    if found := found_items(channel, sku):
        return found
    words = [word for word in product.split() if len(word) >= SHORTEST_WORD][:3]
    for count in range(len(words), 0, -1):
        if found := found_items(channel, " ".join(words[:count])):
            return found
    return []


def _holds(word: str) -> Q:
    return Q(name__icontains=word) | Q(reference__icontains=word) | Q(barcode__icontains=word)
