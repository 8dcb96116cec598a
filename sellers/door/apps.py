from django.apps import AppConfig


class DoorConfig(AppConfig):
    name = "sellers.door"
    label = "door"
    default_auto_field = "django.db.models.BigAutoField"
