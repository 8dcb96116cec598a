"""The process that draws a document's files: ``python -m settlement.documents.rendering FACTS PDF XLSX``.

See drawing.py for what it may do and when it ends.
"""

import sys
from collections.abc import Sequence

from settlement.documents.drawing import limit, start_guard
from settlement.documents.facts import read_header
from settlement.documents.pdf import write_pdf
from settlement.documents.workbook import write_workbook


def main(arguments: Sequence[str]) -> None:
    """Draw both files."""
    source, pdf, xlsx = start_guard(arguments)
    facts = read_header(source)
    limit(facts.orders + facts.products)
    write_workbook(source, xlsx)
    write_pdf(source, pdf)


if __name__ == "__main__":
    main(sys.argv[1:])
