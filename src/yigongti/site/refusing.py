"""What is refused before any page is asked: a form with a stale token, a submission too large, a malformed request."""

from __future__ import annotations

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
from yigongti.kernel.pages import opened, unsent


OF_WHOEVER = ("/sign-out", "/post", "/session", "/preferences")
"""What concerns the session alone, whoever opened the page."""


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The token of the form is stale or missing: say so; what was typed is one click away, files excepted.

    Where somebody else has signed in since, that is what is said.
    """
    if _is_program(request):
        return _told(say(STALE), 403, "StaleForm")
    if request.path not in OF_WHOEVER and unsent.came_from_us(request) and (opener := opened.another(request)):
        return opened.told(request, opener)
    context = {"kept": unsent.kept(request), "again": request.get_full_path(), "frame": _frame(request)}
    return render(request, "site/stale_form.html", context, status=403)


STALE = phrase("这个页面打开后登录有过变化，为防冒用没有办理。")


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
