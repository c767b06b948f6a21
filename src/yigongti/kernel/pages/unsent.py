"""What was typed and not carried out: kept for the page that says why, and the way back to where it was typed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.http import HttpRequest


SECRETS = frozenset({"password", "old", "new", "again", "code"})
"""Fields that no page writes back, not even to whom they belong."""

MARK = "opened_by"
"""The field of every form that says for whom its page was opened."""

OWN = frozenset({"csrfmiddlewaretoken", "key", "next", MARK})
CHINESE_OR_SPACE = re.compile(r"[\s一-鿿]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What was typed: all fields to be sent again, and those of them that a person would recognise."""

    fields: list[tuple[str, str]]
    words: list[str]
    files: bool


def kept(request: HttpRequest, *, without: frozenset[str] = frozenset()) -> Kept | None:
    """What a form of our own page brought; None where nothing is to be sent again.

    Of another site's form the click would do what that site wished, and a password is never written back.
    """
    if not came_from_us(request) or not request.POST or SECRETS & request.POST.keys():
        return None
    left_out = without | {"csrfmiddlewaretoken"}
    fields = [(n, v) for n, values in request.POST.lists() for v in values if n not in left_out]
    words = [v for n, v in fields if n not in OWN and CHINESE_OR_SPACE.search(v.strip())]
    return Kept(fields=fields, words=words, files=bool(request.FILES))


def came_from_us(request: HttpRequest) -> bool:
    """By what the browser itself says; one that says nothing, or “null”, is not believed."""
    said = request.headers.get("Origin") or request.headers.get("Referer", "")
    return bool(said) and urlsplit(said).netloc == request.get_host()


def place_of(request: HttpRequest) -> str:
    """The page that can be looked at again: what was asked for, and for a form that was sent the page it stood on."""
    referer = urlsplit(request.headers.get("Referer", ""))
    if request.method in ("GET", "HEAD") or referer.netloc != request.get_host() or not referer.path.startswith("/"):
        return request.get_full_path()
    return referer._replace(scheme="", netloc="", fragment="").geturl()
