"""Django's name for this chapter."""

from importlib import import_module

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "yigongti.exchange"
    label = "exchange"

    def ready(self) -> None:
        """Enter roles, readers and pages into the registries."""
        for room in ("policy.inbox_role", "taking_hl7v2", "actions", "pages"):
            import_module(f"yigongti.exchange.{room}")
