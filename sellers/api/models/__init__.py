"""Sellers' systems: the keys they come with, where orders are sent to them, and what was sent."""

from sellers.api.models.deliveries import Delivery, DeliveryState, Event
from sellers.api.models.keys import ApiKey
from sellers.api.models.marks import Mark
from sellers.api.models.webhooks import Switch, Webhook, Wire

__all__ = ["ApiKey", "Delivery", "DeliveryState", "Event", "Mark", "Switch", "Webhook", "Wire"]
