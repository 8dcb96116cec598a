"""The parts of an .xlsx that do not grow with its rows: styles, lists, relations. Pure: no Django."""

import re
from collections.abc import Sequence
from xml.sax.saxutils import quoteattr

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument"

# By place: 0 plain, 1 title, 2 moment, 3 money, 4 count, 5 text that looks like a number, 6 day. The
# number formats are those every spreadsheet knows by number and shows the way its user's country writes.
_STYLES = f"""{_XML}<styleSheet xmlns="{_MAIN}">\
<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>\
<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>\
<fills count="3"><fill><patternFill patternType="none"/></fill>\
<fill><patternFill patternType="gray125"/></fill>\
<fill><patternFill patternType="solid"><fgColor rgb="FFE9EEF4"/></patternFill></fill></fills>\
<borders count="2"><border><left/><right/><top/><bottom/></border>\
<border><left/><right/><top/><bottom style="thin"><color rgb="FF8A97A8"/></bottom></border></borders>\
<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="7"><xf xfId="0"/>\
<xf xfId="0" fontId="1" fillId="2" borderId="1" applyFont="1" applyFill="1" applyBorder="1" \
applyAlignment="1">\
<alignment vertical="top" wrapText="1"/></xf>\
<xf xfId="0" numFmtId="22" applyNumberFormat="1"/><xf xfId="0" numFmtId="4" applyNumberFormat="1"/>\
<xf xfId="0" numFmtId="3" applyNumberFormat="1"/><xf xfId="0" numFmtId="49" applyNumberFormat="1"/>\
<xf xfId="0" numFmtId="14" applyNumberFormat="1"/></cellXfs>\
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>"""

FIXED = {
    "_rels/.rels": f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="book" Type="{_OFFICE}/relationships/officeDocument" Target="xl/workbook.xml"/>'
    f'<Relationship Id="app" Type="{_OFFICE}/relationships/extended-properties" Target="docProps/app.xml"/>'
    "</Relationships>",
    "docProps/app.xml": f'{_XML}<Properties xmlns="{_OFFICE}/extended-properties">'
    "<Application>Saldo</Application></Properties>",
    "xl/styles.xml": _STYLES,
}
"""The parts that are always the same. The first two tell those who look at its beginning what zip it is."""


def sheet_name(wanted: str, *, taken: Sequence[str]) -> str:
    """A name a sheet may have: at most 31 signs, none of those forbidden, and no other sheet's."""
    plain = re.sub(r"[\x00-\x1f\[\]:*?/\\]", " ", wanted)[:31].strip("' ")
    if plain and plain.casefold() not in {name.casefold() for name in taken}:
        return plain
    return f"{plain[:26]} {len(taken) + 1}".strip()


def sheet_head(widths: Sequence[int], titles: str) -> str:
    """The beginning of a sheet: its heading stays in sight, and prints fit the page's width."""
    columns = "".join(
        f'<col min="{place}" max="{place}" width="{width}" customWidth="1"/>'
        for place, width in enumerate(widths, start=1)
    )
    return (
        f'{_XML}<worksheet xmlns="{_MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft"'
        ' state="frozen"/></sheetView></sheetViews>'
        f"<cols>{columns}</cols><sheetData><row>{titles}</row>"
    )


def sheet_foot(*, columns: int, rows: int) -> str:
    """The end of a sheet: filter arrows over its columns."""
    return (
        f'</sheetData><autoFilter ref="A1:{chr(64 + columns)}{rows}"/>'
        '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>'
    )


def lists(sheets: Sequence[str], words: Sequence[str]) -> dict[str, str]:
    """The parts that list what the others are: shared words, sheets, types."""
    numbers = range(1, len(sheets) + 1)
    items = "".join(f"<si><t>{word}</t></si>" for word in words)
    return {
        "xl/sharedStrings.xml": f'{_XML}<sst xmlns="{_MAIN}">{items}</sst>',
        "xl/workbook.xml": _workbook(sheets),
        "xl/_rels/workbook.xml.rels": _relations(numbers),
        "[Content_Types].xml": _content_types(numbers),
    }


def _workbook(sheets: Sequence[str]) -> str:
    listed = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="sheet{number}"/>'
        for number, name in enumerate(sheets, start=1)
    )
    return (
        f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}/relationships">'
        f"<bookViews><workbookView/></bookViews><sheets>{listed}</sheets></workbook>"
    )


def _relations(numbers: range) -> str:
    kinds = f"{_OFFICE}/relationships"
    sheets = "".join(
        f'<Relationship Id="sheet{number}" Type="{kinds}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number in numbers
    )
    return (
        f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{sheets}'
        f'<Relationship Id="styles" Type="{kinds}/styles" Target="styles.xml"/>'
        f'<Relationship Id="words" Type="{kinds}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    )


def _content_types(numbers: range) -> str:
    sheet = f"{_KIND}.spreadsheetml"
    sheets = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{sheet}.worksheet+xml"/>'
        for number in numbers
    )
    return (
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{sheet}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{sheet}.styles+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{sheet}.sharedStrings+xml"/>'
        f'<Override PartName="/docProps/app.xml" ContentType="{_KIND}.extended-properties+xml"/>'
        f"{sheets}</Types>"
    )
