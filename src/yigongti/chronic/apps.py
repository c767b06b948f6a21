"""Django's name for this chapter."""

from django.apps import AppConfig


class ChronicConfig(AppConfig):
    name = "yigongti.chronic"
    label = "chronic"
