"""An order of a large document as two lines of text, set in columns. Pure: no database, no clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from html import escape

from marketplace.kernel.amounts import amount_text
from marketplace.kernel.days import day_text
from settlement.documents.facts import BilledOrder, BilledProduct, DocumentFacts, Totals
from settlement.documents.typesetting import STOP, Face, aligned, face, in_column, isolated, padded, stops_for

WIDTH = 166 * STOP
"""What an A4 page leaves between its margins and the lines' own padding."""

LINE, NOTE = 7.0, 6.5
"""Sizes in points: of the order's own line, and of the one with its products; document.css says the same."""

AMOUNTS = ("sale_price", "commission", "net", "vat", "purchase_gross")


@dataclass(frozen=True, slots=True)
class Columns:
    """How wide the columns are, in tab stops, and the widest amount of each."""

    number: int
    name: int
    day: int
    widest: tuple[str, ...]
    amounts: tuple[int, ...]
    any_late: bool

    @property
    def name_width(self) -> int:
        return self.name * STOP


def measure(facts: DocumentFacts, orders: Iterable[BilledOrder]) -> Columns:
    """Look at every order once to find how wide its columns must be."""
    bold, regular = face("SemiBold", LINE), face("Regular", LINE)
    number = day = 0.0
    late = False
    for order in orders:
        number = max(number, bold.estimate(order.number))
        day = max(day, *(regular.estimate(_day(facts, each)) for each in (order.created, order.delivered)))
        late = late or order.late
    widest = tuple(_widest(facts, *each) for each in zip(AMOUNTS, facts.control_totals, strict=True))
    amounts = tuple(stops_for(bold.estimate(each)) for each in widest)
    fixed = stops_for(number), stops_for(day)
    name = WIDTH // STOP - fixed[0] - 2 * fixed[1] - sum(amounts)
    return Columns(fixed[0], max(name, 12), fixed[1], widest, amounts, late)


def heading(facts: DocumentFacts, columns: Columns) -> str:
    """The headings, in two lines like the orders below."""
    small, words = face("Medium", NOTE), facts.words
    texts = in_column(words["order"], font=small, stops=columns.number)
    texts += in_column(words["customer"], font=small, stops=columns.name)
    texts += in_column(words["created"], font=small, stops=columns.day)
    texts += in_column(words["delivered"], font=small, stops=columns.day)
    for name, widest, stops in zip(AMOUNTS, columns.widest, columns.amounts, strict=True):
        width = face("Regular", LINE).estimate(widest)
        texts += in_column(padded(words[name], width, font=small), font=small, stops=stops)
    products = f"{words['products']}: {words['quantity']}, {words['sale_price']} / {words['purchase_net']}"
    return f"{texts}\n{escape(words['payment'])} · {escape(products)}"


def order_lines(facts: DocumentFacts, order: BilledOrder, columns: Columns) -> str:
    """One order: its own line, and one for its payment and its products."""
    bold, regular = face("SemiBold", LINE), face("Regular", LINE)
    line = [
        f"<b>{in_column(order.number, font=bold, stops=columns.number)}</b>",
        in_column(order.customer, font=regular, stops=columns.name),
        in_column(_day(facts, order.created), font=regular, stops=columns.day),
        in_column(_day(facts, order.delivered), font=regular, stops=columns.day),
    ]
    amounts = order.total, order.commission, order.purchase_net, order.purchase_vat, order.purchase_gross
    return f"{''.join(line)}{_amounts(facts, amounts, columns, regular)}\n<i>{_products(facts, order)}</i>"


def total_line(facts: DocumentFacts, columns: Columns, totals: Totals) -> str:
    """The last line: what all lines before add up to."""
    bold = face("SemiBold", LINE)
    text = in_column(facts.words["total_of"], font=bold, stops=columns.number + columns.name + 2 * columns.day)
    return f"<b>{text}{_amounts(facts, totals.control_totals, columns, bold)}</b>"


def _amounts(facts: DocumentFacts, amounts: Iterable[int], columns: Columns, font: Face) -> str:
    texts = [aligned(_amount(facts, each), widest) for each, widest in zip(amounts, columns.widest, strict=True)]
    *before, last = zip(texts, columns.amounts, strict=True)
    return "".join(in_column(text, font=font, stops=stops) for text, stops in before) + last[0]


def _products(facts: DocumentFacts, order: BilledOrder) -> str:
    """The payment, then as many products as fit; the workbook has them all."""
    font, room = face("Regular", NOTE), WIDTH
    start = f"{facts.words['late']} · {order.payment}" if order.late else order.payment
    texts, room = [start], WIDTH - font.estimate(start)
    for place, product in enumerate(order.products):
        left = len(order.products) - place
        more = f" · {facts.words['more'].format(count=left)}"
        text = f" · {_product(facts, product)}"
        room -= font.estimate(text)
        if room < (font.estimate(more) if left > 1 else 0):
            texts.append(more)
            break
        texts.append(text)
    return escape("".join(texts))


def _product(facts: DocumentFacts, product: BilledProduct) -> str:
    name = f"{product.name} ({product.sku})" if product.sku else product.name
    prices = f"{_amount(facts, product.sale_gross)} / {_amount(facts, product.purchase_net)}"
    return f"{product.quantity} × {isolated(name, font=face('Regular', NOTE))} {prices}"


def _widest(facts: DocumentFacts, name: str, total: int) -> str:
    """The widest amount a column may hold: no order is more than all; and its heading must fit."""
    label = face("Medium", NOTE).estimate(facts.words[name])
    text = _amount(facts, abs(total))
    while face("Regular", LINE).estimate(text) < label:
        text = f"0{text}"
    return text


def _day(facts: DocumentFacts, moment: datetime) -> str:
    return day_text(moment.date(), language=facts.spoken)


def _amount(facts: DocumentFacts, minor: int) -> str:
    return amount_text(minor, currency=facts.currency, language=facts.language)
