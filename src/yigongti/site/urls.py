"""Every address of the house: the shell, sign-in, health, and whatever the chapters registered."""

from django.urls import path

from yigongti.exchange.processes import fhir
from yigongti.kernel.pages.registry import addresses
from yigongti.site import shell, sign_in_pages
from yigongti.site.api import api
from yigongti.site.health import healthz


handler400 = "yigongti.site.refusing.bad_request"

urlpatterns = [
    path("healthz", healthz),
    path("api/", api.urls),
    path("sign-in", sign_in_pages.enter),
    path("second-factor", sign_in_pages.second_factor),
    path("sign-out", sign_in_pages.leave),
    path("password", sign_in_pages.password),
    path("preferences", shell.preferences),
    *fhir.addresses(),
    *addresses(),
]
