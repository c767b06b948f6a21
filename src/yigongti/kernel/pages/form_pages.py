"""One act behind one form: asked, refused with everything typed kept, or done with its receipt."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from yigongti.kernel.action.gate import Receipt
from yigongti.kernel.pages.asking import Request
from yigongti.kernel.pages.picked import ActForm
from yigongti.kernel.pages.posting import done, errors_of, key_of
from yigongti.kernel.refusal import Refusal, raise_all


Act = Callable[[Mapping[str, Any], uuid.UUID], Receipt]


def act_by_form(
    request: Request,
    form: type[ActForm],
    *,
    act: Act,
    title: str,
    back: str,
    word: str = "",
    line: str = "",
    initial: Mapping[str, Any] | None = None,
    after: Callable[[Receipt], HttpResponse] | None = None,
    template: str = "register/form.html",
    **more: Any,
) -> HttpResponse:
    """Show the form, or act on it. `act` gets the cleaned values and the submission's key."""
    actor = request.actor
    shown = {"title": title, "back": back, "word": word, "line": line, **more}
    if request.method != "POST":
        asked = form(actor=actor, initial=dict(initial or {}))
        return render(request, template, {**shown, "form": asked, "fields": asked.drawn({}), "errors": []})
    typed = {name: str(value) for name, value in request.POST.items()}
    asked = form(typed, actor=actor)
    try:
        raise_all(asked.refusals())
        receipt = act(asked.cleaned_data, key_of(request))
    except Refusal as refusal:
        context = {**shown, "form": asked, **said(asked, errors_of(refusal))}
        return render(request, template, context, status=refusal.status)
    return after(receipt) if after else done(request, receipt)


def said(form: Any, errors: Mapping[str, list[str]]) -> dict[str, Any]:
    """The fields with their errors beside them, and all errors once more for the head of the form."""
    above = [(f"f-{name}" if name in form.fields else "", words) for name, many in errors.items() for words in many]
    return {"fields": form.drawn(errors), "errors": above}
