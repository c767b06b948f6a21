"""Django's name for this chapter, and what it brings to the kernel at boot."""

from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "yigongti.organisations"
    label = "organisations"

    def ready(self) -> None:
        """Answer for the calendar and the rosters; register pickers, actions and pages."""
        from yigongti.kernel.workflow.ladder import answer_roster
        from yigongti.organisations import account_actions, actions, calendar, choices, registers, rosters

        calendar.keep()
        answer_roster(rosters.answer)
        assert all((account_actions, actions, choices, registers))  # noqa: S101 - imported for what they register
