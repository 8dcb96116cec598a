"""The workbook's shell: its first sheet complete, the other two with headings and styles, and no rows yet.

Pure: no Django, no clock.
"""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from marketplace.kernel.days import span_text
from settlement.documents.facts import DocumentFacts, PartyFacts

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

ORDERS, PRODUCTS = 2, 3
"""The places of the sheets that rows are written into."""

MONEY, COUNT, MOMENT, DAY, TEXT = "#,##0.00", "#,##0", "yyyy-mm-dd hh:mm", "yyyy-mm-dd", "@"
INK, SOFT, LINE, HEAD, ACCENT = "1B2130", "535C6D", "E3E6ED", "F2F4F8", "2C3DA8"

WIDTHS = {
    "order": 16,
    "customer": 28,
    "product": 52,
    "sku": 22,
    "payment": 22,
    "original": 18,
    "created": 17,
    "delivered": 17,
    "late": 13,
    "vat_rate": 10,
    "currency": 10,
    "quantity": 10,
    "vat": 12,
    "commission": 13,
    "purchase_gross": 15,
    "held_by_marketplace": 16,
}
USUAL_WIDTH = 14
"""Signs a column is wide, by the name of its heading."""

ORDER_TEXTS = ("order", "customer", "created", "delivered", "late", "payment")
PRODUCT_TEXTS = ("order", "product", "sku")
HELD = ("held_by_seller", "held_by_marketplace")


LONGEST_NAME = 31
"""Signs the name of a sheet may have."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's heading, its width in signs, and whether numbers stand below it."""

    label: str
    width: int
    is_number: bool


@dataclass(frozen=True, slots=True)
class Styles:
    """The numbers of the styles that rows are written with."""

    text: int
    unit: int
    money: int
    count: int
    moment: int
    day: int
    rate: int
    whole_rate: int
    total: int
    total_money: int


def make_shell(facts: DocumentFacts) -> tuple[io.BytesIO, Styles]:
    """Make the workbook without its rows, and say which style is which."""
    from openpyxl import Workbook

    book = Workbook()
    first = book.worksheets[0]
    first.title = facts.words["title"][:LONGEST_NAME]
    fill_first(first, _first_rows(facts))
    orders = list_sheet(book, facts.words["orders"], _order_headings(facts), facts.orders)
    list_sheet(book, facts.words["products"], _product_headings(facts), facts.products)
    styles = styles_of(orders)
    return saved(book, f"{facts.words['title']} {facts.reference}", facts.marketplace.name), styles


def saved(book: "Workbook", title: str, author: str) -> io.BytesIO:
    """The workbook as bytes, saying what it is and whose."""
    book.properties.creator, book.properties.title = author, title
    made = io.BytesIO()
    book.save(made)
    return made


def fill_first(sheet: "Worksheet", rows: Iterable["Row"]) -> None:
    """Write a first sheet: its rows, of which the second is a paragraph."""
    from openpyxl.styles import Alignment

    for letter, width in zip("ABCD", (44, 26, 18, 18), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.sheet_view.showGridLines = False
    _fit_to_page(sheet, "portrait")
    for place, row in enumerate(rows, start=1):
        for column, (value, look) in enumerate(row, start=1):
            write_cell(sheet, place, column, value, look)
    sheet.merge_cells("A2:D2")
    sheet["A2"].alignment = Alignment(wrap_text=True, vertical="top")
    sheet.row_dimensions[2].height = 48


Row = Sequence[tuple[Any, str]]


def _first_rows(facts: DocumentFacts) -> Iterator[Row]:
    words = facts.words
    yield [(f"{words['title']} {facts.reference}", "title")]
    yield [(f"{words['not_a_tax_invoice']} {words['to_do']}", "text")]
    yield []
    period = span_text(facts.first_on, facts.last_on, language=facts.spoken)
    yield [(words["reference"], "label"), (facts.reference, "strong")]
    yield [(words["market"], "label"), (facts.market, "text")]
    yield [(words["issued_on"], "label"), (facts.issued_on, "day")]
    yield [(words["period"], "label"), (period, "text")]
    yield [(words["currency"], "label"), (facts.currency, "text")]
    yield []
    yield from party_rows(words, words["invoice_to"], facts.marketplace)
    yield from party_rows(words, words["from"], facts.seller)
    yield from _recap(facts)
    yield from _sums(facts)
    if words["net_note"]:
        yield [(words["net_note"], "text")]
    yield [(words["proof"], "label"), (words["proof_sentence"], "text")]
    yield [(words["facts"], "label"), (facts.fingerprint, "text")]


def party_rows(words: Mapping[str, str], heading: str, party: PartyFacts) -> Iterator[Row]:
    """A party under its heading."""
    yield [(heading, "heading")]
    yield [(words["name"], "label"), (party.name, "strong")]
    yield [
        (words["address"], "label"),
        (f"{party.street}, {party.zip} {party.city}, {party.country}", "text"),
    ]
    yield [(words["tax_id"], "label"), (party.tax_id, "text")]
    optional = {"partner_number": party.partner_number, "iban": party.iban, "email": party.email}
    yield from ([(words[name], "label"), (text, "text")] for name, text in optional.items() if text)
    yield []


def _recap(facts: DocumentFacts) -> Iterator[Row]:
    words = facts.words
    yield [(words["recap"], "heading")]
    yield [(words["vat_rate"], "head"), *((words[name], "head_right") for name in ("net", "vat", "gross"))]
    for rate in facts.rates:
        style = "rate" if rate.vat_bp % 100 else "whole_rate"
        yield [
            (Decimal(rate.vat_bp).scaleb(-4), style),
            *((units(each), "money") for each in (rate.net, rate.vat, rate.gross)),
        ]
    yield [(words["total"], "total"), *((units(each), "total_money") for each in facts.billed)]
    yield []


def _sums(facts: DocumentFacts) -> Iterator[Row]:
    words = facts.words
    yield [(words["summary"], "heading")]
    yield [(words["orders"], "label"), (facts.orders, "count")]
    for name, amount in facts.summary:
        yield [(words[name], "label"), (units(amount), "money")]
    yield []
    yield [(words["settlement"], "heading")]
    for name, amount in facts.settlement:
        yield [(words[name], "label"), (units(amount), "money")]
    yield [(words["net_sentence"], "total"), (units(abs(facts.net_due)), "total_money")]


def units(minor: int) -> Decimal:
    """Minor units as the decimal number they are."""
    return Decimal(minor).scaleb(-2)


def _order_headings(facts: DocumentFacts) -> list[Heading]:
    """On a credit document the original stands where else late arrivals are marked."""
    texts = ["original" if name == "late" and facts.is_credit else name for name in ORDER_TEXTS]
    # The net is of the purchase price: said in full where no other column is beside it.
    sale_price, *amounts = ["purchase_net" if name == "net" else name for name in facts.columns]
    return [
        *_headings(facts, texts),
        *_headings(facts, [sale_price, *HELD, *amounts], numbers=True),
        *_headings(facts, ["currency"]),
    ]


def _product_headings(facts: DocumentFacts) -> list[Heading]:
    net = "commission_net" if facts.is_agency else "purchase_net"
    return [
        *_headings(facts, PRODUCT_TEXTS),
        *_headings(facts, ["quantity"], numbers=True),
        *_headings(facts, ["vat_rate"]),
        *_headings(facts, ["sale_price", net], numbers=True),
        *_headings(facts, ["currency"]),
    ]


def _headings(facts: DocumentFacts, names: Iterable[str], *, numbers: bool = False) -> list[Heading]:
    return [Heading(facts.words[name], WIDTHS.get(name, USUAL_WIDTH), numbers) for name in names]


def list_sheet(book: "Workbook", name: str, columns: Sequence[Heading], rows: int) -> "Worksheet":
    """Add a sheet with headings for so many rows and a last one of totals; it holds none yet."""
    from openpyxl.utils import get_column_letter

    sheet: Worksheet = book.create_sheet(name[:LONGEST_NAME])
    for place, column in enumerate(columns, start=1):
        write_cell(sheet, 1, place, column.label, "head_right" if column.is_number else "head")
        sheet.column_dimensions[get_column_letter(place)].width = column.width
    sheet.row_dimensions[1].height = 28
    sheet.freeze_panes, sheet.print_title_rows = "A2", "1:1"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{rows + 1}"
    _fit_to_page(sheet, "landscape")
    return sheet


def _fit_to_page(sheet: "Worksheet", orientation: Literal["portrait", "landscape"]) -> None:
    """Print on A4, as wide as the page and as long as it takes."""
    from openpyxl.worksheet.properties import PageSetupProperties

    sheet.page_setup.orientation = orientation
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def styles_of(sheet: "Worksheet") -> Styles:
    """Have the book know each style by writing a row with it, and take the row away again."""
    looks = ("text", "unit", "money", "count", "moment", "day", "rate", "whole_rate", "total", "total_money")
    numbers = {}
    for place, look in enumerate(looks, start=1):
        numbers[look] = int(write_cell(sheet, 2, place, None, look).style_id)
    sheet.delete_rows(2)
    return Styles(**numbers)


def write_cell(sheet: "Worksheet", row: int, column: int, value: Any, look: str) -> "Cell":
    """Put a value into a cell; a text stays one, whatever it begins with."""
    if isinstance(value, str) and value[:1] in tuple("=+-@'"):
        value = f"'{value}"
    cell: Cell = sheet.cell(row, column, value)
    _dress(cell, look)
    return cell


FORMATS = {
    "text": TEXT,
    "unit": TEXT,
    "strong": TEXT,
    "money": MONEY,
    "total_money": MONEY,
    "count": COUNT,
    "moment": MOMENT,
    "day": DAY,
    "rate": "0.00%",
    "whole_rate": "0%",
}


def _dress(cell: "Cell", look: str) -> None:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    bold = look in ("title", "heading", "strong", "head", "head_right", "total", "total_money")
    size = {"title": 16, "heading": 12}.get(look, 10)
    color = SOFT if look in ("label", "head", "head_right") else ACCENT if look == "title" else INK
    cell.font = Font(name="Arial", size=size, bold=bold, color=color)
    cell.number_format = FORMATS.get(look, "General")
    if look in ("head", "head_right"):
        cell.fill = PatternFill("solid", fgColor=HEAD)
        cell.alignment = Alignment(
            wrap_text=True, vertical="top", horizontal="right" if look == "head_right" else None
        )
    if look in ("total", "total_money"):
        cell.border = Border(top=Side("thin", color=SOFT))
    if look in ("day", "moment", "rate", "whole_rate"):
        cell.alignment = Alignment(horizontal="left")
    if look == "unit":
        cell.alignment = Alignment(horizontal="center")
