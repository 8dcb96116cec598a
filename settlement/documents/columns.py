"""An order of a large document as two lines of text, set in columns. Pure: no database, no clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from html import escape

from marketplace.kernel.amounts import amount_text
from marketplace.kernel.days import day_text
from settlement.documents.facts import BilledOrder, BilledProduct, DocumentFacts, Totals
from settlement.documents.fonts import shown
from settlement.documents.typesetting import (
    WIDE,
    Face,
    aligned,
    at_the_right,
    face,
    fair_share,
    in_column,
)

WIDTH = 664.0
"""Pixels an A4 page leaves between its margins and the lines' own padding."""

GAP, AMOUNT_GAP = 9.0, 15.0
LEAST = 40.0
"""Pixels a product's name must be shown in to be of use."""

LINE, NOTE = 7.0, 6.5
"""Sizes in points: of the order's own line, and of the one with its products; document.css says the same."""


@dataclass(frozen=True, slots=True)
class Columns:
    """How wide the columns are in pixels, each with the gap after it, and the widest amounts."""

    number: float
    name: float
    day: float
    widest: tuple[str, ...]
    amounts: tuple[float, ...]
    any_late: bool


def measure(facts: DocumentFacts, orders: Iterable[BilledOrder]) -> Columns:
    """Look at every order once to find how wide its columns must be."""
    bold, regular, small = face("SemiBold", LINE), face("Regular", LINE), face("Medium", NOTE)
    number, late, largest = small.measure(facts.words["order"]), False, [0] * len(facts.columns)
    day = max(small.measure(facts.words[name]) for name in ("created", "delivered"))
    for order in orders:
        number = max(number, bold.measure(shown(order.number)))
        day = max(day, *(regular.measure(_day(facts, each)) for each in (order.created, order.delivered)))
        late = late or order.late
        largest = [max(most, abs(each)) for most, each in zip(largest, facts.amounts_of(order), strict=True)]
    widest = tuple(_widest(facts, *each) for each in zip(facts.columns, largest, strict=True))
    amounts = tuple(regular.measure(each) + AMOUNT_GAP for each in widest)
    name = WIDTH + AMOUNT_GAP - (number + GAP) - 2 * (day + GAP) - sum(amounts)
    return Columns(number + GAP, max(name, LEAST), day + GAP, widest, amounts, late)


def heading(facts: DocumentFacts, columns: Columns) -> str:
    """The headings, in two lines like the orders below."""
    small, words = face("Medium", NOTE), facts.words
    texts = _in_columns(
        columns, (words["order"], words["customer"], words["created"], words["delivered"]), [small] * 4
    )
    for name, widest, width in zip(facts.columns, columns.widest, columns.amounts, strict=True):
        filled = face("Regular", LINE).measure(widest)
        texts += at_the_right(words[name], filled, font=small) + small.blank(width - filled)
    net = words["commission_net" if facts.is_agency else "purchase_net"]
    products = f"{words['products']}: {words['sale_price']} / {net}"
    return f"{texts.rstrip()}\n{escape(words['payment'])} · {escape(products)}"


def order_lines(facts: DocumentFacts, order: BilledOrder, columns: Columns) -> str:
    """One order: its own line, and one for its payment and its products."""
    bold, regular = face("SemiBold", LINE), face("Regular", LINE)
    days = _day(facts, order.created), _day(facts, order.delivered)
    line = _in_columns(
        columns, (shown(order.number), shown(order.customer), *days), (bold, regular, regular, regular)
    )
    amounts = _amounts(facts, facts.amounts_of(order), columns, regular)
    return f"{line}{amounts}\n<i>{_products(facts, order)}</i>"


def total_line(facts: DocumentFacts, totals: Totals) -> str:
    """The last line: what all lines before add up to; its amounts may be wider than the columns."""
    bold, regular = face("SemiBold", LINE), face("Regular", LINE)
    label = facts.words["total_of"]
    amounts = WIDE.join(_amount(facts, total) for total in totals.control_totals)
    return f"<b>{escape(label)}</b>{at_the_right(amounts, WIDTH - bold.measure(label), font=regular)}"


def _in_columns(columns: Columns, texts: Iterable[str], fonts: Iterable[Face]) -> str:
    """The columns before the amounts; the first is a bold one where its font says so."""
    widths = columns.number, columns.name, columns.day, columns.day
    number, *rest = (
        in_column(text, width - GAP, font=font) + font.blank(GAP)
        for text, width, font in zip(texts, widths, fonts, strict=True)
    )
    return f"<b>{number}</b>{''.join(rest)}"


def _amounts(facts: DocumentFacts, amounts: Iterable[int], columns: Columns, font: Face) -> str:
    texts = (
        in_column(aligned(_amount(facts, amount), widest), width, font=font)
        for amount, widest, width in zip(amounts, columns.widest, columns.amounts, strict=True)
    )
    return "".join(texts).rstrip()


def _products(facts: DocumentFacts, order: BilledOrder) -> str:
    """The payment, then as many products as fit, their names cut to a fair share; the workbook has them
    all.
    """
    font = face("Regular", NOTE)
    start = f"{facts.words['late']} · {order.payment}" if order.late else order.payment
    if facts.is_credit:
        start = f"{facts.words['original']} {order.original} · {order.payment}"
    for count in range(len(order.products), 0, -1):
        some, left = order.products[:count], len(order.products) - count
        more = f" · {facts.words['more'].format(count=left)}" if left else ""
        prices = [_prices(facts, product) for product in some]
        names = [_name(product) for product in some]
        room = WIDTH - font.measure(start + more + "".join(f" ·  {price}" for price in prices))
        share = fair_share([font.measure(name) for name in names], room)
        if share >= LEAST or share >= max(map(font.measure, names)):
            cut = (font.cut(name, share) for name in names)
            return escape(
                start + "".join(f" · {name} {price}" for name, price in zip(cut, prices, strict=True)) + more
            )
    return escape(start)


def _name(product: BilledProduct) -> str:
    sku = f" ({product.sku})" if product.sku else ""
    return shown(f"{product.quantity} × {product.name}{sku}")


def _prices(facts: DocumentFacts, product: BilledProduct) -> str:
    return f"{_amount(facts, product.sale_gross)} / {_amount(facts, product.net)}"


def _widest(facts: DocumentFacts, name: str, largest: int) -> str:
    """The widest text of a column of amounts, wide enough for its heading too."""
    label = face("Medium", NOTE).measure(facts.words[name])
    text = _amount(facts, largest)
    while face("Regular", LINE).measure(text) < label:
        text = f"0{text}"
    return text


def _day(facts: DocumentFacts, moment: datetime) -> str:
    return day_text(moment.date(), language=facts.spoken)


def _amount(facts: DocumentFacts, minor: int) -> str:
    return amount_text(minor, currency=facts.currency, language=facts.language)
