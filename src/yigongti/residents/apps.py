"""Django's name for this chapter."""

from django.apps import AppConfig


class ResidentsConfig(AppConfig):
    name = "yigongti.residents"
    label = "residents"
