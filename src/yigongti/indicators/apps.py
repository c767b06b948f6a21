"""Django's name for this chapter."""

from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "yigongti.indicators"
    label = "indicators"
