"""Django's name for this room; a migrated house has the partitions of the coming months."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate  # noqa: TID251 - the kernel may


def make_partitions(**_told: object) -> None:
    """After every migration, as the daily beat does."""
    from yigongti.kernel.audit import partitions

    partitions.make_coming()


class AuditConfig(AppConfig):
    name = "yigongti.kernel.audit"
    label = "audit"

    def ready(self) -> None:
        """Once this room's own tables stand, see to its partitions."""
        post_migrate.connect(make_partitions, sender=self)
