"""What is refused before any page is asked: a form with a stale token, a submission too large, a malformed request."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import (
    DisallowedHost,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)  # fmt: skip
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from yigongti.kernel.language import phrase, say


SECRETS = frozenset({"password", "old", "new", "again", "code"})
"""Fields that no page writes back, not even to whom they belong."""

OWN = frozenset({"csrfmiddlewaretoken", "key", "next"})
CHINESE_OR_SPACE = re.compile(r"[\s一-鿿]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What was typed: all fields to be sent again, and those of them that a person would recognise."""

    fields: list[tuple[str, str]]
    words: list[str]
    files: bool


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The token of the form is stale or missing: say so; what was typed is one click away, files excepted.

    Only a form of our own page may be sent again: of another site's, the click would do what that site wished.
    """
    if _is_program(request):
        return _told(say(STALE), 403, "StaleForm")
    kept = _kept(request) if _came_from_us(request) else None
    context = {"kept": kept, "again": request.get_full_path(), "frame": _frame(request)}
    return render(request, "site/stale_form.html", context, status=403)


STALE = phrase("这个页面打开后登录有过变化，为防冒用没有办理。")


def _came_from_us(request: HttpRequest) -> bool:
    """By what the browser itself says; one that says nothing, or “null”, gets no form."""
    said = request.headers.get("Origin") or request.headers.get("Referer", "")
    return bool(said) and urlsplit(said).netloc == request.get_host()


def _kept(request: HttpRequest) -> Kept | None:
    if not request.POST or SECRETS & request.POST.keys():
        return None
    fields = [(n, v) for n, values in request.POST.lists() for v in values if n != "csrfmiddlewaretoken"]
    words = [v for n, v in fields if n not in OWN and CHINESE_OR_SPACE.search(v.strip())]
    return Kept(fields=fields, words=words, files=bool(request.FILES))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Too much at once, or not a request that a browser of ours would send: one sentence, and nothing was done."""
    sentence, status = _of(exception)
    if _is_program(request):
        return _told(sentence, status, type(exception).__name__)
    if isinstance(exception, DisallowedHost):  # whoever asks under another name gets none of our pages
        return HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8")
    context = {"sentence": sentence, "frame": _frame(request)}
    return render(request, "site/not_taken.html", context, status=status)


def _of(exception: Exception | None) -> tuple[str, int]:
    if isinstance(exception, RequestDataTooBig):
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1024**2
        return say("这次提交的内容太大（上限 {limit} MB），没有办理；请分几次提交。", limit=limit), 413
    if isinstance(exception, TooManyFieldsSent):
        limit = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
        return say("这次提交的项目太多（上限 {limit} 项），没有办理；请分几次提交。", limit=limit), 400
    if isinstance(exception, TooManyFilesSent):
        limit = settings.DATA_UPLOAD_MAX_NUMBER_FILES
        return say("这次提交的文件太多（上限 {limit} 个），没有办理；请分几次提交。", limit=limit), 400
    return say("浏览器发来的内容不完整或不合规范，没有办理；请回到上一页重新提交。"), 400


def _is_program(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def _told(sentence: str, status: int, code: str) -> JsonResponse:
    return JsonResponse({"refused": [{"code": code, "field": "", "sentence": sentence}]}, status=status)


def _frame(request: HttpRequest) -> str:
    return "frame.html" if getattr(request, "actor", None) else "sign_in_frame.html"
