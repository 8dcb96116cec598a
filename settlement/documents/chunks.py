"""A long PDF drawn some pages at a time by two processes beside this one, then joined.

Laid out in one go, thousands of rows would take minutes and gigabytes. Pure: no database, no clock.
"""

import gc
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from settlement.documents.printing import lay_out, without_collector

PROCESSES = 2
CHUNKS_PER_PROCESS = 6
"""Then a fresh process takes over, so that memory does not grow with the document."""


class PagesLost(Exception):
    """A chunk did not come out as many pages as it should: the numbering would lie."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some pages as HTML, where they go, and how many there must be."""

    html: str
    target: Path
    pages: int


@dataclass(frozen=True, slots=True)
class Identity:
    """What a PDF says of itself to readers and archives."""

    title: str
    author: str
    language: str


def write_chunks(
    target: Path,
    *,
    cover: Callable[[str], str],
    annex: Callable[[int, str], Iterable[tuple[str, int]]],
    annexed: int,
    identity: Identity,
) -> None:
    """Write a cover, then ``annexed`` pages more.

    ``cover`` gives its HTML for the number of all pages, which is not known the first time; ``annex`` the
    HTML of chunks and how many pages each is, told how many pages go before and how many all are.

    :raises PagesLost: if the pages are not as many as they should be.
    """
    context = get_context("forkserver")
    context.set_forkserver_preload(["weasyprint"])
    with context.Pool(PROCESSES, maxtasksperchild=CHUNKS_PER_PROCESS) as pool:
        first = pool.apply(count_pages, [cover("")])
        pages = first + annexed
        parts = list(pool.imap(print_chunk, _chunks(target, cover, annex, first, str(pages))))
    _join(parts, target, identity, pages)


def count_pages(html: str) -> int:
    """How many pages some HTML takes."""
    return len(lay_out(html).pages)


def print_chunk(chunk: Chunk) -> Path:
    """Lay out one chunk and write it; run in a process of its own.

    :raises PagesLost: if the pages are not as many as they should be.
    """
    with without_collector():
        laid_out = lay_out(chunk.html)
        if len(laid_out.pages) != chunk.pages:
            raise PagesLost(f"{len(laid_out.pages)} instead of {chunk.pages}")
        laid_out.write_pdf(chunk.target)
    del laid_out
    gc.collect()
    return chunk.target


def _chunks(
    target: Path,
    cover: Callable[[str], str],
    annex: Callable[[int, str], Iterable[tuple[str, int]]],
    first: int,
    pages: str,
) -> Iterator[Chunk]:
    yield Chunk(cover(pages), target.with_suffix(".0.pdf"), first)
    for place, (html, count) in enumerate(annex(first, pages), start=1):
        yield Chunk(html, target.with_suffix(f".{place}.pdf"), count)


def _join(parts: Iterable[Path], target: Path, identity: Identity, pages: int) -> None:
    from pypdf import PdfWriter
    from pypdf.generic import BooleanObject, DictionaryObject, NameObject, TextStringObject

    writer = PdfWriter()
    for part in parts:
        writer.append(part, import_outline=False)
        part.unlink()
    if len(writer.pages) != pages:
        raise PagesLost(f"{len(writer.pages)} instead of {pages}")
    writer.add_metadata({"/Title": identity.title, "/Author": identity.author})
    writer.root_object[NameObject("/Lang")] = TextStringObject(identity.language)
    shown = DictionaryObject({NameObject("/DisplayDocTitle"): BooleanObject(True)})
    writer.root_object[NameObject("/ViewerPreferences")] = shown
    writer.write(target)
