"""A site of two addresses, so that the face is tried in a browser without a county behind it."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path

from yigongti.kernel.pages.parts import Option, OptionGroup
from yigongti.kernel.pages.style_page import style_page


KEYS: list[str] = []
PAGE = """<!doctype html><html lang="zh-Hans"><head><title>x</title>
<script type="module" src="/static/yigongti/js/once.js"></script></head>
<body><form action="/kept" data-once><input name="what"><button id="send">提交</button></form></body></html>"""


def form(request):
    return HttpResponse(PAGE)


def kept(request):
    KEYS.append(request.GET["key"])
    return HttpResponse(status=204)


def found(request):
    options = [
        Option(value="", label="张桂兰", href="/style?first"),
        Option(value="", label="张贵来", href="/style?second"),
    ]
    return render(request, "parts/options.html", {"groups": [OptionGroup(title="居民", options=options)]})


def keys(request):
    return JsonResponse({"keys": KEYS})


urlpatterns = [
    path("style", style_page),
    path("form", form),
    path("kept", kept),
    path("find", found),
    path("keys", keys),
]
