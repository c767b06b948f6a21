"""Django's name for this chapter."""

from importlib import import_module

from django.apps import AppConfig


class RecordConfig(AppConfig):
    name = "yigongti.record"
    label = "record"

    def ready(self) -> None:
        """Register what this chapter contributes: its basis, its actions, its pages."""
        for room in ("bases", "actions", "ordering", "performing", "diagnoses", "orderable", "pages", "sources"):
            import_module(f"{self.name}.{room}")
