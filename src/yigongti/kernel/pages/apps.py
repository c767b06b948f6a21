"""Django's name for the screens."""

from importlib import import_module

from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "yigongti.kernel.pages"
    label = "pages"

    def ready(self) -> None:
        """Enter the pages that every case has."""
        for room in ("cases", "notices"):
            import_module(f"yigongti.kernel.pages.{room}")
