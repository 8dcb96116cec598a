"""Sellers' systems: the keys they come with, where orders are sent to them, and what was sent; and the keys
of the marketplace's own systems.
"""

from sellers.api.models.deliveries import Delivery, DeliveryState, Event
from sellers.api.models.keys import ApiKey
from sellers.api.models.market_keys import MarketKey, Scope
from sellers.api.models.marks import Mark
from sellers.api.models.webhooks import Switch, Webhook, Wire

__all__ = [
    "ApiKey",
    "Delivery",
    "DeliveryState",
    "Event",
    "Mark",
    "MarketKey",
    "Scope",
    "Switch",
    "Webhook",
    "Wire",
]
