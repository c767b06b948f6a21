"""Django's name for this room."""

from django.apps import AppConfig


class ParametersConfig(AppConfig):
    name = "yigongti.kernel.parameters"
    label = "parameters"
