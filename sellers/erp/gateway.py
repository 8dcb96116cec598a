"""The ERP behind a channel: a second provider is one more line here."""

from collections.abc import Callable

from django.conf import settings

from marketplace.kernel.secrets import unseal
from sellers.erp.alegra.client import HOST, Alegra
from sellers.erp.models import Channel, Provider
from sellers.erp.pacing import Clock, pace_of
from sellers.erp.port import Erp


def erp_of(channel: Channel, *, clock: Clock, heartbeat: Callable[[], None] = lambda: None) -> Erp:
    """The channel's ERP, with its own credentials.

    :raises Unreadable: if no key opens its token.
    """
    return speak_to(
        channel.provider,
        email=channel.email,
        token=unseal(channel.token),
        clock=clock,
        heartbeat=heartbeat,
    )


def speak_to(
    provider: str, *, email: str, token: str, clock: Clock, heartbeat: Callable[[], None] = lambda: None
) -> Erp:
    """An ERP with credentials that are perhaps not kept yet; its host is fixed but for tests and the demo."""
    assert provider == Provider.ALEGRA
    return Alegra(
        email=email,
        token=token,
        pace=pace_of(provider=provider, email=email, token=token, clock=clock),
        base=settings.ALEGRA_URL or HOST,
        heartbeat=heartbeat,
    )
