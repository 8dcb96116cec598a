"""The composition root: it puts the slices together, and no slice imports it."""

from marketplace.config.celery import app as celery_app

__all__ = ["celery_app"]
