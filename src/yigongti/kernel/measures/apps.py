"""Django's name for this room; a migrated house watches the tables behind its facts."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate  # noqa: TID251 - the kernel may


def watch_tables(**_told: object) -> None:
    """After every migration: all tables stand, and every chapter has said what it watches."""
    from yigongti.kernel.measures import touched

    touched.watch()


class MeasuresConfig(AppConfig):
    name = "yigongti.kernel.measures"
    label = "measures"

    def ready(self) -> None:
        """Once this room's own table stands, see to the triggers."""
        post_migrate.connect(watch_tables, sender=self)
