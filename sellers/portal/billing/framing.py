"""Papers shown inside a page: only by our own pages, and only those that say so."""

from collections.abc import Callable
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_replace
from django.http import HttpResponse
from django.views.decorators.clickjacking import xframe_options_sameorigin

from settlement.billing.previews import preview_html
from settlement.billing.sheets import Sheet

View = Callable[..., Any]


def frames_papers(view: View) -> View:
    """Let a page have papers of ours in frames."""
    framing: View = csp_replace({"frame-src": [SELF]})(view)
    return framing


def is_framed(view: View) -> View:
    """Let a paper stand in a frame of our own pages."""
    framed: View = csp_replace({"frame-ancestors": [SELF]})(xframe_options_sameorigin(view))
    return framed


def paper(sheet: Sheet) -> HttpResponse:
    """A paper as a page of its own."""
    return HttpResponse(preview_html(sheet))
