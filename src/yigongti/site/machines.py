"""The way in for machines: what is asked below the FHIR base passes by what only browsers need.

No session, no cookie and no form is read there, so the chain of middleware would only cost time. What every answer of
the house carries, it carries too, by the same middleware, asked once; whatever is odd takes the usual way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from typing import Any, cast

from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIRequest
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port, validate_host
from django.middleware.gzip import GZipMiddleware
from django.middleware.security import SecurityMiddleware

from yigongti.exchange.processes.fhir import BASE, serve
from yigongti.site.middleware import Handler, Headers


Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
COMPRESSED_FROM = 200
"""Bytes, as Django has it."""


class Machines(BaseHandler):
    """Django's own handler with another chain, which ends at the FHIR server."""

    def __init__(self) -> None:
        self.load_middleware()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """One request. Of what Django does around each, only a connection that is no longer good concerns it."""
        close_old_connections()
        response = cast(HttpResponse, self.get_response(WSGIRequest(environ)))
        start_response(f"{response.status_code} {response.reason_phrase}", list(response.items()))
        return [response.content]

    def load_middleware(self, is_async: bool = False) -> None:
        """No middleware; an error becomes the same answer as everywhere."""
        answered = cast(Handler, convert_exception_to_response(_answered))
        self._middleware_chain = lambda request: _dressed(request, answered(request))


def before(pages: Application) -> Application:
    """The house's application, with this way in beside it."""
    machines = Machines()

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        told = machines if _is_plain(environ) else pages
        return told(environ, start_response)

    return application


def _is_plain(environ: dict[str, Any]) -> bool:
    """Below the base, and nothing that the usual way would refuse before it is read."""
    path = environ.get("PATH_INFO", "")
    below = path == BASE or path.startswith(f"{BASE}/")
    plain = below and "\x00" not in path and "%00" not in environ.get("QUERY_STRING", "")
    return plain and _is_ours(environ.get("HTTP_HOST", ""))


@lru_cache(maxsize=200)
def _is_ours(host: str) -> bool:
    """Whether Django, too, would take a request for it."""
    domain, _port = split_domain_port(host)
    return bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)


def _answered(request: HttpRequest) -> HttpResponse:
    return serve(request, request.path_info[len(BASE) + 1 :])


def _dressed(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """With all that every answer carries."""
    for name, value in _every_answer(request.is_secure()):
        response.headers.setdefault(name, value)
    if len(response.content) >= COMPRESSED_FROM:
        response.headers["Vary"] = "Accept-Encoding"
        if "gzip" in request.META.get("HTTP_ACCEPT_ENCODING", ""):
            GZipMiddleware(_nothing).process_response(request, response)  # which packs the response in place
    response.headers.setdefault("Content-Length", str(len(response.content)))
    return response


@cache
def _every_answer(is_secure: bool) -> tuple[tuple[str, str], ...]:
    """The headers that the house's middleware gives to any answer."""
    request = HttpRequest()
    request.META["QUERY_STRING"] = ""
    request.is_secure = lambda: is_secure  # type: ignore[method-assign]
    given = Headers(_nothing)(request)
    given = SecurityMiddleware(_nothing).process_response(request, given)
    return tuple((name, value) for name, value in given.items() if name != "Content-Type")


def _nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse()
