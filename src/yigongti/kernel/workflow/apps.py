"""Django's name for this room."""

from django.apps import AppConfig


class WorkflowConfig(AppConfig):
    name = "yigongti.kernel.workflow"
    label = "workflow"
