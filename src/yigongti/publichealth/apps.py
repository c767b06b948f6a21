"""Django's name for this chapter."""

from importlib import import_module

from django.apps import AppConfig


class PublicHealthConfig(AppConfig):
    name = "yigongti.publichealth"
    label = "publichealth"

    def ready(self) -> None:
        """Enter code lists, actions and pages into the registries."""
        for room in ("policy.codes", "actions", "pages", "deciding", "sources"):
            import_module(f"{self.name}.{room}")
