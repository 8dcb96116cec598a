"""Items of a seeded company: services, products with stock, families of variants, one's own."""

import random
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tools.alegra.countries import Country
from tools.alegra.lines import SCALE
from tools.alegra.wire import Json

NOUNS = (
    "Camisa",
    "Lámpara",
    "Cafetera",
    "Morral",
    "Audífonos",
    "Silla",
    "Termo",
    "Reloj",
    "Cuaderno",
    "Manta",
)
COLOURS = ("azul", "roja", "verde", "negra", "blanca", "gris")
PREFIXES = {"colombia": "770", "peru": "775", "mexico": "750"}
VARIANTS_EACH = 8
"""Every so many items come a parent and its variants, which share a reference."""


def items_of(country: Country, dice: random.Random, count: int, skus: list[Json]) -> list[Json]:
    """Return a company's items, taxes still as percentages."""
    return [*_services(country), *_products(count, country, dice), *_own(skus)]


def _services(country: Country) -> list[Json]:
    tax = country.taxes[0].percentage
    blank = {"type": "service", "barcode": "", "stock": None, "tax": tax}
    return [
        {**blank, "name": "Envío", "reference": "ENVIO", "price": "10084.033613"},
        {**blank, "name": "Pago contra entrega", "reference": "CONTRAENTREGA", "price": "2521.008403"},
    ]


def _products(count: int, country: Country, dice: random.Random) -> Iterator[Json]:
    for place in range(1, count + 1):
        item = _product(place, country, dice)
        yield {**item, "status": "inactive"} if place == count and place > 10 else item
        if place % VARIANTS_EACH == 0:
            yield from _family(place, country, dice)


def _product(place: int, country: Country, dice: random.Random) -> Json:
    tax = country.taxes[min(dice.choice((0, 0, 0, 0, 1, 2)), len(country.taxes) - 1)].percentage
    gross = Decimal(dice.randrange(1000, 90000)) / 10
    net = (gross / (1 + Decimal(tax) / 100)).quantize(SCALE, ROUND_HALF_UP)
    return {
        "name": f"{dice.choice(NOUNS)} {dice.choice(COLOURS)} {place}",
        "reference": f"REF-{place:04}",
        "barcode": "" if place % 10 == 9 else _barcode(country, place),
        "price": str(net),
        "tax": tax,
        "stock": {"1": str(dice.randrange(20, 60)), "2": str(dice.randrange(0, 10))},
        "type": "product",
    }


def _family(place: int, country: Country, dice: random.Random) -> Iterator[Json]:
    base = _product(place, country, dice) | {"name": f"Camiseta {place}", "reference": f"VAR-{place:04}"}
    yield base | {"type": "variantParent", "stock": None, "barcode": "", "variants": []}
    for number, size in enumerate("SML", start=1):
        barcode = _barcode(country, 90000 + place * 10 + number)
        yield base | {"type": "variant", "name": f"{base['name']} / {size}", "barcode": barcode}


def _barcode(country: Country, number: int) -> str:
    digits = f"{PREFIXES[country.version]}{number:09}"
    weighed = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-weighed % 10}"


def _own(skus: list[Json]) -> Iterator[Json]:
    for sku in skus:
        stock: Any = sku.get("stock", 100)
        stock = stock if isinstance(stock, dict) or stock is None else {"1": str(stock)}
        blank = {
            "name": sku.get("reference") or sku.get("barcode"),
            "reference": "",
            "barcode": "",
            "price": "0",
        }
        yield {**blank, "tax": None, "type": "product", **sku, "stock": stock}
