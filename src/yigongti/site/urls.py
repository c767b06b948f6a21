"""Every address of the house."""

from django.urls import path

from yigongti.site.health import healthz


urlpatterns = [
    path("healthz", healthz),
]
