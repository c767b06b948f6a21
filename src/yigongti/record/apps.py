"""Django's name for this chapter."""

from django.apps import AppConfig


class RecordConfig(AppConfig):
    name = "yigongti.record"
    label = "record"
