"""The text of an invoice's file, read by a process that may die of it.

``python -m settlement.invoices.reading FILE`` is that process.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryFile

from marketplace.kernel.sandbox import confine, run_apart

XML = "application/xml"
MEMORY, SECONDS, PATIENCE = 512 << 20, 20, 60
MOST_PAGES, MOST_SIGNS = 200, 2_000_000


def text_of(path: Path, content_type: str, heartbeat: Callable[[], None]) -> str | None:
    """The text of a PDF or an XML file; None for a picture, and for what cannot be read."""
    if content_type == XML:
        return path.read_bytes()[:MOST_SIGNS].decode("utf-8", "replace")
    if content_type != "application/pdf":
        return None
    with TemporaryFile("w+b") as told:
        status = run_apart(
            "settlement.invoices.reading", str(path), told=told, seconds=PATIENCE, heartbeat=heartbeat
        )
        told.seek(0)
        text = told.read(4 * MOST_SIGNS).decode("utf-8", "replace") if status == 0 else ""
    return text if text.strip() else None


def main(path: str) -> None:
    """Write a PDF's text to the standard output."""
    confine(memory_bytes=MEMORY, cpu_seconds=SECONDS)
    from pypdf import PdfReader

    said = 0
    for page in PdfReader(path).pages[:MOST_PAGES]:
        text = page.extract_text()[: MOST_SIGNS - said]
        said += len(text)
        sys.stdout.buffer.write(text.encode("utf-8", "replace") + b"\n")


if __name__ == "__main__":
    main(sys.argv[1])
