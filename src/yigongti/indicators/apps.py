"""Django's name for this chapter."""

from importlib import import_module

from django.apps import AppConfig


BRIEFS = ("brief.actions", "brief.pages", "brief.forms", "brief.reporting")


class IndicatorsConfig(AppConfig):
    name = "yigongti.indicators"
    label = "indicators"

    def ready(self) -> None:
        """Enter the catalogue, code lists, actions and pages into the registries."""
        pages = ("cockpit", "figure", "rows", "ranking", "releases", "setting", "told", "map", "flow", "screen")
        for room in ("policy.codes", "catalogue", "signing", "actions", *(f"pages.{one}" for one in pages), *BRIEFS):
            import_module(f"{self.name}.{room}")
        following = import_module(f"{self.name}.following")
        import_module(f"{self.name}.engine").provide(following.newest)
        import_module("yigongti.kernel.measures.lake").after_each(following.follow)
