"""From which address a request came, for the audit trail; and what a browser sees at a form's address."""

from collections.abc import Callable
from inspect import getclosurevars

import structlog
from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import Resolver404, resolve


class ClientAddress:
    """Bind the client's address, as far as TRUSTED_PROXY_COUNT lets it be known, for as long as the
    request lasts. Headers a client writes itself are not believed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            address = get_adapter(request).get_client_ip(request)
        except PermissionDenied:
            address = ""  # a socket without an address, as a proxy on this machine has
        with structlog.contextvars.bound_contextvars(address=address):
            return self.get_response(request)


class FormAddress:
    """Show a page to who opens an address that takes only what a form sends: by reloading it, or by logging
    in after the session ended while the form was filled in.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.method != "GET" or response.status_code != 405 or not request.accepts("text/html"):
            return response
        if not isinstance(response, HttpResponse) or response.content:
            return response
        page = render(request, "405.html", {"page": _page_above(request.path)}, status=405)
        page["Allow"] = response["Allow"]
        return page


def _page_above(path: str) -> str:
    """The seller's page that an address lies under; the start where there is none."""
    above = path.rstrip("/")
    while above := above.rpartition("/")[0]:
        try:
            match = resolve(f"{above}/")
        except Resolver404:
            continue
        if hasattr(match.func, "door") and _is_page(match.func):
            return f"{above}/"
    return "/"


def _is_page(view: Callable[..., HttpResponseBase]) -> bool:
    """Whether a view answers who only looks: Django's decorators keep what they let in to themselves."""
    return "GET" in getclosurevars(view).nonlocals.get("request_method_list", ["GET"])
