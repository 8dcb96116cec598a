"""From a template to laid-out pages. Pure: knows no settings, no database, no clock.

Nothing but our own style sheet, mark and fonts is ever read: whatever a text smuggles in, no file and no
address outside is opened.
"""

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.template import Context, Engine

from settlement.documents.fonts import ROOT, WEIGHTS, font_path, shown

SCHEME = "saldo:"
OWN = {
    "document-fonts.css": (ROOT / "static" / "saldo" / "document-fonts.css", "text/css"),
    "document.css": (ROOT / "static" / "saldo" / "document.css", "text/css"),
    "paper.css": (ROOT / "static" / "saldo" / "paper.css", "text/css"),
    "mark.svg": (ROOT / "static" / "saldo" / "mark.svg", "image/svg+xml"),
    "stripes.svg": (ROOT / "static" / "saldo" / "stripes.svg", "image/svg+xml"),
    **{f"Inter-{weight}.ttf": (font_path(weight), "font/ttf") for weight in WEIGHTS},
}


class NotOurs(ValueError):
    """A page asked for something that is not part of Saldo."""


@cache
def engine() -> Engine:
    """The template engine: escaping always on, and nothing to load from but our own documents and papers."""
    return Engine(dirs=[str(ROOT / "templates" / name) for name in ("documents", "papers")])


def fill_in(template: str, context: Mapping[str, Any]) -> str:
    """Fill a template in. Its values are texts: numbers and days are written before."""
    page: str = engine().get_template(template).render(Context(dict(context), use_l10n=False, use_tz=False))
    return shown(page)


def lay_out(html: str) -> Any:
    """Lay out pages with WeasyPrint, which is loaded here because it needs libraries of the system."""
    from weasyprint import HTML

    return HTML(string=html, base_url=SCHEME, url_fetcher=_fetcher()).render()


@contextmanager
def without_collector() -> Iterator[None]:
    """Let Python not look for cycles meanwhile: among millions of boxes it finds none and doubles the
    time.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@cache
def _fetcher() -> Any:
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OwnFiles(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no types
        """Serves what Saldo brings along, by name."""

        def fetch(self, url: str, headers: object = None) -> Any:
            name = url.removeprefix(SCHEME)
            if name not in OWN or not url.startswith(SCHEME):
                raise NotOurs(url)
            path, content_type = OWN[name]
            return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": content_type})

    return OwnFiles()
