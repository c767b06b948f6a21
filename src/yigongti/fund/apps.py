"""Django's name for this chapter."""

from importlib import import_module

from django.apps import AppConfig


class FundConfig(AppConfig):
    name = "yigongti.fund"
    label = "fund"

    def ready(self) -> None:
        """Enter code lists, actions and pages into the registries."""
        for room in ("policy.codes", "actions", "pages", "sources"):
            import_module(f"{self.name}.{room}")
