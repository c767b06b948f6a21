"""The web application, as the web server's own process loads it."""

import os

from django.core.wsgi import get_wsgi_application

from yigongti.kernel.tether import tie_self


if os.environ.get("YIGONGTI_TETHER") == "1":  # granian leaves its workers when only granian itself is killed
    tie_self()

_pages = get_wsgi_application()  # which makes the house ready

from yigongti.site import machines  # noqa: E402


application = machines.before(_pages)
