"""Workbooks as people and programs save them, and as nobody should."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook

TITLES = (
    "Order number", "COD amount", "Customer", "Created", "Delivered", "Total", "Voucher", "To be paid",
    "Payment", "To collect", "Commission", "Purchase price", "Currency", "Late",
)  # fmt: skip

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def order_row(number: object, total: object = 1210, voucher: object = 0, to_pay: object = 1210) -> list[Any]:
    """A row as an export holds it."""
    return [
        number,
        0,
        "Eva Nováková",
        46297.38,
        46300.48,
        total,
        voucher,
        to_pay,
        "Card",
        0,
        181.5,
        1028.5,
        "CZK",
        "No",
    ]


def saved_by_excel(
    path: Path, *rows: Sequence[Any], titles: Sequence[str] = TITLES, title: str = "Orders"
) -> Path:
    """Save rows the way Excel would: shared texts, cells with addresses."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    for row in (titles, *rows):
        sheet.append(list(row))
    book.save(path)
    return path


def saved_by_libreoffice(path: Path, *rows: Sequence[Any], dimension: str = "A1:AMJ1048576") -> Path:
    """Save rows the way LibreOffice would: parts in another order, texts shared, no true dimension."""
    texts: dict[str, int] = {}
    lines = "".join(_line(place, row, texts) for place, row in enumerate((TITLES, *rows), start=1))
    items = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in texts)
    sheet = (
        f'<worksheet xmlns="{MAIN}"><dimension ref="{dimension}"/><sheetData>{lines}</sheetData></worksheet>'
    )
    parts = package(sheet) | {"xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{items}</sst>'}
    return zipped(path, dict(reversed(parts.items())))


def package(sheet: str) -> dict[str, str | bytes]:
    """The parts of a workbook of one sheet."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    return {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" '
        f'Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>'
        '<sheet name="Orders" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{RELATIONS}/sharedStrings" Target="sharedStrings.xml"/>'
        "</Relationships>",
        "xl/worksheets/sheet1.xml": sheet,
    }


def zipped(path: Path, parts: Mapping[str, str | bytes]) -> Path:
    """Pack parts."""
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def plain_parts(tmp_path: Path) -> dict[str, str | bytes]:
    """The parts of a workbook there is nothing wrong with."""
    path = saved_by_excel(tmp_path / "plain.xlsx", order_row("A"))
    with ZipFile(BytesIO(path.read_bytes())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _line(place: int, row: Sequence[Any], texts: dict[str, int]) -> str:
    cells = "".join(_cell(f"{chr(65 + column)}{place}", value, texts) for column, value in enumerate(row))
    return f'<row r="{place}" ht="12.8" customHeight="false">{cells}</row>'


def _cell(address: str, value: object, texts: dict[str, int]) -> str:
    if value is None:
        return f'<c r="{address}"/>'
    if isinstance(value, str):
        return f'<c r="{address}" t="s"><v>{texts.setdefault(value, len(texts))}</v></c>'
    return f'<c r="{address}" t="n"><v>{value}</v></c>'
