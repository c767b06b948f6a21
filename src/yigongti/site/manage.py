"""Django's own commands, against the data folder of a running or a resting county."""

from django.core.management import execute_from_command_line

from yigongti.site.running import settings_at_hand


def main(arguments: list[str]) -> None:
    with settings_at_hand():
        execute_from_command_line(["./run manage", *arguments])
