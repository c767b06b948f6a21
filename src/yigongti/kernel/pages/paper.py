"""Paper as a PDF made by the server, where the extra `pdf` and Pango are found; elsewhere the browser prints.

The PDF is the same page by the same print stylesheet. It is set in a process of its own, because setting Chinese takes
200 MB that a web process would keep; that process reads nothing but the page, whose style is put into it here.
"""

from __future__ import annotations

import ctypes.util
import functools
import importlib.util
import re
import shutil
import subprocess
import sys
import threading
from http import HTTPStatus
from pathlib import Path
from urllib.parse import unquote

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse

from yigongti.kernel.refusal import Refusal


ASKED = "pdf"
SECONDS = 30
PATIENCE = 5
STYLE = re.compile(r'<link rel="stylesheet" href="([^"]+)"([^>]*)>')
SETTER = """
import sys, weasyprint
from weasyprint.urls import URLFetcher
html = weasyprint.HTML(string=sys.stdin.read(), url_fetcher=URLFetcher(allowed_protocols=("data",)))
sys.stdout.buffer.write(html.write_pdf())
"""
_one_at_a_time = threading.Lock()


class NoPdfHere(Refusal):
    """本机没有装生成 PDF 的部件，请用浏览器的打印。"""

    status = HTTPStatus.NOT_FOUND


class NotSet(Refusal):
    """这一页没有排成 PDF，请用浏览器的打印。"""

    status = HTTPStatus.CONFLICT


class Busy(Refusal):
    """正在排别的 PDF，请稍候再试。"""


@functools.cache
def possible() -> bool:
    """Whether this machine can set a page: the extra, Pango, and a font with Chinese."""
    if importlib.util.find_spec("weasyprint") is None or not ctypes.util.find_library("pango-1.0"):
        return False
    told = shutil.which("fc-list")
    return not told or bool(subprocess.run([told, ":lang=zh"], capture_output=True, check=False).stdout.strip())


def answered(request: HttpRequest, page: HttpResponse) -> HttpResponse:
    """The page, or its PDF where the address asks for one. Raises NoPdfHere, NotSet, Busy."""
    if request.GET.get("as") != ASKED or page.status_code != HTTPStatus.OK:
        return page
    if not possible():
        raise NoPdfHere
    made = HttpResponse(_set(styled(page.content.decode())), content_type="application/pdf")
    made["Content-Disposition"] = f'inline; filename="{_name(request)}"'
    made["Cache-Control"] = "no-store"
    return made


def styled(html: str) -> str:
    """The page with its style inside it, so that whoever sets it need not ask for anything."""
    return STYLE.sub(lambda link: f"<style{link[2].rstrip('/')}>{_static(link[1])}</style>", html)


def _static(address: str) -> str:
    """One of the house's own files. Raises ValueError for any other address."""
    path = unquote(address)
    if not path.startswith(settings.STATIC_URL):
        raise ValueError(address)
    name = path.removeprefix(settings.STATIC_URL)
    if staticfiles_storage.exists(name):
        with staticfiles_storage.open(name) as file:
            return str(file.read().decode())
    found = finders.find(name)
    if not isinstance(found, str):
        raise ValueError(address)
    return Path(found).read_text()


def _set(html: str) -> bytes:
    command = [sys.executable, "-P", "-c", SETTER]
    if not _one_at_a_time.acquire(timeout=PATIENCE):  # who waits holds a thread that others need
        raise Busy
    try:
        return subprocess.run(command, input=html.encode(), capture_output=True, timeout=SECONDS, check=True).stdout
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as failed:
        raise NotSet from failed
    finally:
        _one_at_a_time.release()


def _name(request: HttpRequest) -> str:
    """A name for the file, of the address: letters, digits and hyphens."""
    told = "-".join(part for part in request.path.split("/") if part)
    return "".join(one if one.isascii() and (one.isalnum() or one == "-") else "-" for one in told) + ".pdf"
