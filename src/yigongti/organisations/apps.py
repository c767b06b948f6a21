"""Django's name for this chapter."""

from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "yigongti.organisations"
    label = "organisations"
