"""The page /style: the tokens and every part in its states, drawn by the same templates that the product uses."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from yigongti.kernel import clock
from yigongti.kernel.pages import style_examples as examples
from yigongti.kernel.pages.parts import Option, OptionGroup


def style_page(request: HttpRequest) -> HttpResponse:
    """The whole system on one page; with ?q= it answers its own example picker."""
    query = request.GET.get("q")
    if query is not None and request.headers.get("HX-Request"):
        return _options(request, query.strip())
    now = clock.now()
    shown = (examples.words(), examples.form(), examples.rows(now), examples.case(now), examples.record(now))
    context = {name: part for parts in shown for name, part in parts.items()}
    return render(request, "style.html", context | examples.courses() | examples.figures())


def _options(request: HttpRequest, query: str) -> HttpResponse:
    found = [Option(value=name, label=name, icon="place") for name in examples.UNITS if query in name]
    groups = [OptionGroup(title="机构", options=found)] if found else []
    return render(request, "parts/options.html", {"groups": groups, "query": query})
