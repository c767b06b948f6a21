"""Django's name for this chapter; at boot its bases, actions, pages and finders announce themselves."""

from importlib import import_module

from django.apps import AppConfig


class ResidentsConfig(AppConfig):
    name = "yigongti.residents"
    label = "residents"

    def ready(self) -> None:
        """Registries are filled by import; models are ready only now."""
        for room in (
            "bases",
            "actions.registration",
            "actions.merging",
            "actions.moving",
            "actions.openings",
            "actions.sweeping",
            "actions.deaths",
            "finding",
            "case_finding",  # after the people: what is found first stands first
            "pages",
            "sources",
        ):
            import_module(f"{self.name}.{room}")
