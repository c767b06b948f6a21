"""Django's name for this chapter, and what it brings to the kernel at boot."""

from importlib import import_module

from django.apps import AppConfig


ROOMS = (
    "permissions", "choices", "account_actions", "actions", "registers", "bulk", "pages", "change_pages", "workbench",
    "account_pages", "first_day_pages", "area_actions", "area_pages", "sources",
)  # fmt: skip


class OrganisationsConfig(AppConfig):
    name = "yigongti.organisations"
    label = "organisations"

    def ready(self) -> None:
        """Answer for the calendar and the rosters; register pickers, actions, registers and pages."""
        from yigongti.kernel.workflow.rooms import answer_roster
        from yigongti.organisations import calendar, rosters

        calendar.keep()
        answer_roster(rosters.answer)
        for room in ROOMS:
            import_module(f"yigongti.organisations.{room}")
