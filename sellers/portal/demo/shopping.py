"""Three months of orders, drawn from a seed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from marketplace.orders.rules.facts import CustomerFacts, LineFacts, OrderFacts, TenderFacts

DAYS = 92

GOODS = (
    ("TV-55", 'TV 55" OLED', 14990),
    ("HP-11", "Wireless headphones", 2490),
    ("KT-01", "Kettle 1.7 l", 690),
    ("VC-30", "Cordless vacuum cleaner", 5990),
    ("LP-07", "Desk lamp", 890),
    ("BG-22", "Hiking backpack 45 l", 2190),
    ("TN-02", "Tent for two", 3490),
    ("SL-05", "Sleeping bag −5 °C", 1890),
    ("CF-10", "Espresso machine", 8990),
    ("BK-14", "Cookbook", 390),
    ("TY-31", "Building blocks, 500 pcs", 1290),
    ("SH-44", "Running shoes", 2790),
    ("DR-18", "Cordless drill 18 V", 3290),
    ("HM-01", "Hammer", 349),
    ("WT-09", "Smart watch", 4990),
)
LEVEL = {"CZK": 1000, "PLN": 180, "HUF": 15500, "RON": 205, "PEN": 160, "MXN": 760, "COP": 165000, "EUR": 41}
"""How much a thousand crowns is elsewhere, in thousandths; keeps the prices believable."""

VOUCHERS = {"HU", "RO"}
"""Where customers pay by voucher."""

NAMES = {
    "CZ": (
        "Eva Nováková",
        "Jiří Dvořák",
        "Petra Svobodová",
        "Tomáš Černý",
        "Lenka Procházková",
        "Marek Kučera",
    ),
    "PL": ("Anna Kowalska", "Piotr Wiśniewski", "Małgorzata Łuczak", "Krzysztof Zieliński", "Zofia Śliwa"),
    "HU": ("Kovács Éva", "Nagy Péter", "Tóth Zsófia", "Szabó Gergő", "Őri Lili"),
    "RO": ("Ștefan Țurcanu", "Ioana Mureșan", "Andreea Băsescu", "Mihai Călin"),
    "PE": ("María Quispe", "José Huamán", "Lucía Peña"),
    "MX": ("María Muñoz", "Juan Hernández", "Sofía Núñez"),
    "CO": ("Camila Gómez", "Andrés Peñalosa", "Valentina Ríos"),
}
CITIES = {
    "CZ": ("Praha", "11000"),
    "PL": ("Kraków", "30-001"),
    "HU": ("Szeged", "6720"),
    "RO": ("Cluj-Napoca", "400001"),
    "PE": ("Arequipa", "04001"),
    "MX": ("Guadalajara", "44100"),
    "CO": ("Medellín", "050001"),
}


@dataclass(frozen=True, slots=True)
class Shop:
    """What the orders of one seller have in common."""

    seller: str
    country: str
    currency: str
    vat_bp: int
    fulfilment: str


def draw_orders(
    *,
    shop: Shop,
    count: int,
    first: int,
    until: datetime,
    random: Random,
    within: timedelta = timedelta(days=DAYS),
) -> Iterator[OrderFacts]:
    """Draw a seller's orders of the days before ``until``, oldest first, as they stood then."""
    span = within.total_seconds()
    ages = sorted((random.random() * span for _ in range(count)), reverse=True)
    for place, age in enumerate(ages):
        placed = (until - timedelta(seconds=age)).replace(microsecond=0)
        yield _draw(shop, str(first + place), placed, until, random)


def _draw(shop: Shop, number: str, placed: datetime, until: datetime, random: Random) -> OrderFacts:
    method = random.choices(["card", "cod", "transfer"], [58, 30, 12])[0]
    status, times = _draw_way(shop, placed, until, method, random)
    lines = _draw_lines(shop, method, random)
    total = sum(line.gross for line in lines)
    tenders = _draw_tenders(shop, number, total, method, status, times, random)
    test = random.random() < 0.004
    return OrderFacts(
        number=number,
        basket=number[:-2],
        seller=shop.seller,
        status=status,
        placed_at=placed,
        status_times=times,
        currency=shop.currency,
        test=test,
        fulfilment=shop.fulfilment,
        channel=random.choice(("web", "web", "app")),
        customer=_draw_customer(shop, random),
        lines=tuple(lines),
        tenders=tenders,
    )


def _draw_tenders(
    shop: Shop,
    number: str,
    total: int,
    method: str,
    status: str,
    times: dict[str, datetime],
    random: Random,
) -> tuple[TenderFacts, ...]:
    """Where vouchers are sold a third of the orders is paid by one, wholly or in part."""
    by_voucher = shop.country in VOUCHERS and random.random() < 0.35
    part = random.choice((100, 20, 35, 50, 75)) if by_voucher else 0
    voucher = total * part // 10_000 * 100
    rest = total - voucher
    first = (TenderFacts(method="voucher", amount=voucher, voucher=f"MRD-{number}"),) if voucher else ()
    if not rest:
        return first
    return (*first, TenderFacts(method=method, amount=rest, paid_at=_paid_at(shop, method, status, times)))


def _paid_at(shop: Shop, method: str, status: str, times: dict[str, datetime]) -> datetime | None:
    """When the rest was paid; where a seller waits for a transfer itself, before it prepares the parcel."""
    if method == "cod" or status == "blocked":
        return None
    waits = method == "transfer" and shop.country in VOUCHERS
    return times.get("shipping") if waits else times.get("open")


def _draw_way(
    shop: Shop, placed: datetime, until: datetime, method: str, random: Random
) -> tuple[str, dict[str, datetime]]:
    """How far an order had come by ``until``, and when it reached each status."""
    hours = random.uniform(2, 30), random.uniform(20, 50), random.uniform(30, 110)
    waited = {"card": random.randint(0, 90), "cod": 0, "transfer": random.randint(300, 4200)}[method]
    opened = placed + timedelta(minutes=waited)
    waits = method == "transfer" and shop.country not in VOUCHERS
    steps = [("blocked", placed)] if waits else []
    steps.append(("open", opened))
    fate = random.random()
    if fate < 0.03:
        steps.append(("cancelled", opened + timedelta(hours=hours[0])))
    else:
        shipping = opened + timedelta(hours=hours[0])
        shipped = shipping + timedelta(hours=hours[1])
        end = "returned" if fate < 0.055 else "lost" if fate < 0.06 else "delivered"
        steps += [("shipping", shipping), ("shipped", shipped), (end, shipped + timedelta(hours=hours[2]))]
    reached = [(status, at.replace(microsecond=0)) for status, at in steps if at <= until] or steps[:1]
    return reached[-1][0], dict(reached)


def _draw_lines(shop: Shop, method: str, random: Random) -> list[LineFacts]:
    lines = [_draw_goods(shop, random) for _ in range(random.choices([1, 2, 3], [70, 22, 8])[0])]
    if random.random() < 0.7:
        lines.append(LineFacts("shipping", "Delivery", 1, _price(shop, 99), shop.vat_bp, None))
    if method == "cod":
        lines.append(LineFacts("cod_fee", "COD fee", 1, _price(shop, 39), shop.vat_bp, None))
    if random.random() < 0.08:
        lines.append(LineFacts("discount", "Autumn sale", 1, lines[0].unit_price // 10, None, None))
    return lines


def _draw_goods(shop: Shop, random: Random) -> LineFacts:
    sku, name, crowns = random.choice(GOODS)
    quantity = random.choices([1, 2, 3], [85, 11, 4])[0]
    return LineFacts("goods", name, quantity, _price(shop, crowns), shop.vat_bp, None, sku=sku)


def _price(shop: Shop, crowns: int) -> int:
    """A price in minor units; where coins are out of use, without them."""
    minor = crowns * LEVEL[shop.currency] // 10
    return minor // 100 * 100 if shop.currency in ("HUF", "COP") else minor // 10 * 10


def _draw_customer(shop: Shop, random: Random) -> CustomerFacts:
    name = random.choice(NAMES[shop.country])
    city, postal = CITIES[shop.country]
    papers = {}
    if shop.country == "PE":
        papers = {"id_type": "DNI", "id_number": str(random.randint(40_000_000, 48_999_999))}
    elif shop.country == "CO" and random.random() < 0.8:
        papers = {"id_type": "CC", "id_number": str(random.randint(10_000_000, 79_999_999))}
    return CustomerFacts(
        **papers,
        name=name,
        email=f"customer{random.randint(1, 99999)}@example.com",
        phone=f"+{random.randint(10**10, 10**11 - 1)}",
        street=f"{random.choice(('Long', 'Short', 'High'))} street {random.randint(1, 99)}",
        city=city,
        zip=postal,
        country=shop.country,
    )
