"""Django's name for this chapter."""

from django.apps import AppConfig


class CapacityConfig(AppConfig):
    name = "yigongti.capacity"
    label = "capacity"
