"""The process that draws a paper: ``python -m settlement.documents.papers.rendering FACTS PDF [XLSX]``.

See the drawing of documents for what it may do and when it ends.
"""

import sys
from collections.abc import Sequence

from settlement.documents.drawing import limit, start_guard
from settlement.documents.papers.facts import read_header
from settlement.documents.papers.pdf import write_paper
from settlement.documents.papers.workbook import write_paper_workbook


def main(arguments: Sequence[str]) -> None:
    """Draw the paper, and its workbook where one is asked for."""
    source, pdf, *workbooks = start_guard(arguments)
    limit(read_header(source).rows)
    for xlsx in workbooks:
        write_paper_workbook(source, xlsx)
    write_paper(source, pdf)


if __name__ == "__main__":
    main(sys.argv[1:])
