"""Django's name for this room."""

from django.apps import AppConfig


class ActionConfig(AppConfig):
    name = "yigongti.kernel.action"
    label = "action"
