"""From which address a request came, for the audit trail; headers a client writes itself are not believed."""

from collections.abc import Callable

import structlog
from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase


class ClientAddress:
    """Bind the client's address, as far as TRUSTED_PROXY_COUNT lets it be known, for as long as the
    request lasts.
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
