"""What every answer carries: the content policy, and the language that the reader chose."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from yigongti.kernel.language import spoken


Handler = Callable[[HttpRequest], HttpResponse]

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)


def _holds_nul(request: HttpRequest) -> bool:
    """An address with a NUL: nobody typed it, and no database takes it."""
    return "\x00" in request.path_info or "%00" in request.META.get("QUERY_STRING", "")


def nowhere() -> HttpResponse:
    """Such an address leads nowhere."""
    return HttpResponse("没有这个网址。 No such address.", status=400, content_type="text/plain; charset=utf-8")


class Headers:
    """No page may run what it does not serve, and no page of a person may stay in a cache."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = nowhere() if _holds_nul(request) else self.get_response(request)
        response.setdefault("Content-Security-Policy", POLICY)
        response.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
        response.setdefault("Cache-Control", "no-store")
        return response


class Language:
    """Chinese unless the reader chose otherwise: a browser's own language says little on a shared computer."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.known = frozenset(code for code, _ in settings.LANGUAGES)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        code = chosen if chosen in self.known else settings.LANGUAGE_CODE
        with translation.override(code), spoken(code):  # Django's own sentences, and ours
            request.LANGUAGE_CODE = code
            response = self.get_response(request)
        response.setdefault("Content-Language", code)
        patch_vary_headers(response, ("Cookie",))
        return response
