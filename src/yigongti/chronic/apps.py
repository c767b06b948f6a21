"""Django's name for this chapter."""

from importlib import import_module

from django.apps import AppConfig


class ChronicConfig(AppConfig):
    name = "yigongti.chronic"
    label = "chronic"

    def ready(self) -> None:
        """Enter pages and code lists into the registries."""
        for room in (
            "policy.codes",
            "actions",
            "ending",
            "enrolling",
            "pages",
            "enrolment_pages",
            "overdue_pages",
            "sources",
        ):
            import_module(f"yigongti.chronic.{room}")
