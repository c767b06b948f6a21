"""Django's name for this chapter."""

from importlib import import_module

from django.apps import AppConfig


class CapacityConfig(AppConfig):
    name = "yigongti.capacity"
    label = "capacity"

    def ready(self) -> None:
        """Enter actions and pages into the registries."""
        import_module("yigongti.capacity.actions")
        import_module("yigongti.capacity.choices")
        import_module("yigongti.capacity.pages")
