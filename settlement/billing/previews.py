"""A billing invoice before it is issued: the very paper, on a screen or as a PDF, and nothing kept."""

import time
from pathlib import Path

from django.templatetags.static import static
from django.utils import translation

from marketplace.kernel.files import draft_folder
from settlement.billing.papers import paper_of, rows_of
from settlement.billing.sheets import Sheet
from settlement.documents.drawing import NotRendered, draw_apart
from settlement.documents.papers.facts import PaperFacts, Tally, write_facts
from settlement.documents.papers.texts import list_texts, page_texts
from settlement.documents.papers.verification import check_paper
from settlement.documents.printing import fill_in

SECONDS = 20
"""How long somebody waits for a preview as PDF."""

MARK = '<meta name="saldo-paper" content="preview">'
"""By this the page around it knows that the paper came, and no error instead."""

LAST_STYLE = '<link rel="stylesheet" href="saldo:paper.css">'
ADDRESSES = {
    "saldo:document-fonts.css": "fonts/fonts.css",
    "saldo:document.css": "saldo/document.css",
    "saldo:paper.css": "saldo/paper.css",
    "saldo:mark.svg": "saldo/mark.svg",
}
"""What a paper is made of, and where a browser finds it."""


def preview_html(sheet: Sheet) -> str:
    """The paper as a page for a browser, in its market's language.

    :raises RowsDiffer: if its lines do not make its sums.
    """
    with translation.override(sheet.market.spoken):
        facts = paper_of(sheet)
        rows = [cells for _place, cells in rows_of(sheet)]
        lists = [list_texts(facts, each, Tally(each).counting(rows)) for each in facts.lists]
        page = fill_in("paper.html", {**page_texts(facts), "lists": lists})
    return _for_browsers(page)


def preview_pdf(sheet: Sheet) -> bytes:
    """The paper as a PDF, drawn by a process of its own and read back.

    :raises NotRendered: if it could not be drawn in time.
    :raises Mismatch: if it says something else than the sheet.
    """
    with translation.override(sheet.market.spoken):
        facts, rows = paper_of(sheet), list(rows_of(sheet))
    with draft_folder() as name:
        source, pdf = Path(name) / "facts.jsonl", Path(name) / "out.pdf"
        write_facts(source, facts, rows)
        _draw(source, pdf, facts)
        check_paper(pdf, facts)
        return pdf.read_bytes()


def _draw(source: Path, pdf: Path, facts: PaperFacts) -> None:
    deadline = time.monotonic() + SECONDS

    def be_patient() -> None:
        if time.monotonic() > deadline:
            raise NotRendered(f"{facts.title}: not drawn within {SECONDS} seconds")

    draw_apart(
        "settlement.documents.papers.rendering",
        source,
        pdf,
        folder=source.parent,
        rows=facts.rows,
        name=facts.title,
        heartbeat=be_patient,
    )


def _for_browsers(page: str) -> str:
    """The page with the addresses that browsers know, and the style of a screen after those of paper; its
    lists scroll sideways where they must, by the keyboard too.
    """
    screen = f'<link rel="stylesheet" href="{static("saldo/preview.css")}">\n{MARK}'
    screen += f'\n<link rel="icon" type="image/svg+xml" href="{static("saldo/mark.svg")}">'
    page = page.replace("<section>", '<section tabindex="0">')
    page = page.replace(LAST_STYLE, f"{LAST_STYLE}\n{screen}", 1)
    for ours, theirs in ADDRESSES.items():
        page = page.replace(f'"{ours}"', f'"{static(theirs)}"')
    return page
