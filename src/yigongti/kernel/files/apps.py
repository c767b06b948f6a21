"""Django's name for this room."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "yigongti.kernel.files"
    label = "files"
