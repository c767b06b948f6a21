"""Django's name for this chapter."""

from importlib import import_module

from django.apps import AppConfig


class ReferralConfig(AppConfig):
    name = "yigongti.referral"
    label = "referral"

    def ready(self) -> None:
        """Enter pages, bases and code lists into the registries."""
        for room in ("policy.codes", "actions", "choices", "pages", "sources"):
            import_module(f"yigongti.referral.{room}")
