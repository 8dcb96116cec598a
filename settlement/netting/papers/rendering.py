"""The process that draws a paper: ``python -m settlement.netting.papers.rendering FACTS PDF``.

See the drawing of documents for what it may do and when it ends.
"""

import sys
from collections.abc import Sequence

from settlement.documents.drawing import limit, start_guard
from settlement.netting.papers.facts import read_header
from settlement.netting.papers.pdf import write_paper


def main(arguments: Sequence[str]) -> None:
    """Draw the paper."""
    source, target = start_guard(arguments)
    limit(read_header(source).rows)
    write_paper(source, target)


if __name__ == "__main__":
    main(sys.argv[1:])
