"""Django's name for the site; checks at boot that every name on every page resolves."""

from importlib import import_module

from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "yigongti.site"
    label = "site"

    def ready(self) -> None:
        """Enter the roles, the pages that no engine carries yet, and the shell; then check the whole house."""
        for room in (
            "yigongti.organisations.policy.roles", "yigongti.diagnosis.policy.ecg_reading",
            "yigongti.consultation.policy.multidisciplinary", "yigongti.site.shell", "yigongti.site.keeping",
            "yigongti.site.beats",
        ):  # fmt: skip
            import_module(room)
        import_module("yigongti.site.boot").require_sound()
