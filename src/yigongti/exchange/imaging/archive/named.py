"""The county's archive as its settings name it: none, or one."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from yigongti.exchange.imaging.archive.web import Archive
from yigongti.kernel.parameters import values


LONGEST_WAIT = 120


def archive() -> Archive | None:
    """The archive; None where the county has none, and images lie in the platform's own store alone."""
    address = settings.DICOMWEB["address"]
    if not address:
        return None
    seconds = min(values.number("exchange.archive_answer_seconds"), LONGEST_WAIT)
    return Archive(address=address, user=settings.DICOMWEB["user"], password=settings.DICOMWEB["password"],
                   seconds=float(seconds))  # fmt: skip


def require_sound() -> None:
    """Raises ImproperlyConfigured for an address that can be none: better said at the start than image by image."""
    address = settings.DICOMWEB["address"]
    try:
        parts = urlsplit(address)
        sound = parts.scheme in ("http", "https") and parts.hostname and not parts.query and (parts.port or 1)
    except ValueError:
        sound = False
    if address and (not sound or "@" in parts.netloc):
        raise ImproperlyConfigured(
            "YIGONGTI_DICOMWEB_URL must be http(s)://host[:port]/path, without user name or password in it"
        )
