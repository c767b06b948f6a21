"""A form that writes a record: shown, answered, shown again with what was typed and every error at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from yigongti.kernel.action.gate import Receipt
from yigongti.kernel.pages.asking import Request, row_number
from yigongti.kernel.pages.parts import Field, Option
from yigongti.kernel.pages.posting import done, errors_of
from yigongti.kernel.refusal import Refusal
from yigongti.record.pages.fields import Ask, picked
from yigongti.record.pages.person import about, saw
from yigongti.record.queries import Opened


@dataclass(frozen=True, kw_only=True)
class Form:
    """A form page: its code, title and fields for what was typed, tabs to its siblings, the write behind it;
    `diagnosed` is the kind whose diagnosis is picked."""

    code: str
    title: str
    fields: Callable[[Ask], list[Field]]
    write: Callable[[Mapping[str, str]], Receipt]
    typed: Mapping[str, str] = field(default_factory=dict)
    tabs: list[Option] = field(default_factory=list)
    multipart: bool = False
    danger: bool = False
    word: str = "记下"
    diagnosed: str = ""


def under(posted: Mapping[str, str]) -> int | None:
    """The visit under which it is written, as the form carries it."""
    return row_number(posted.get("encounter", "")) or None


def answer(
    request: Request, opened: Opened, form: Form, *, hidden: Mapping[str, str] | None = None, subject: str = ""
) -> HttpResponse:
    """Write and lead back; or show the form, after a refusal with what was typed and every error at once."""
    errors: dict[str, list[str]] = {}
    status = 200
    posted = picked(request.POST.dict(), form.diagnosed) if form.diagnosed else request.POST.dict()
    if request.method == "POST":
        try:
            return done(request, form.write(posted))
        except Refusal as refusal:
            errors, status = errors_of(refusal), refusal.status
    ask = Ask(typed=posted if request.method == "POST" else dict(form.typed), errors=errors)
    fields = form.fields(ask)
    context: dict[str, Any] = {
        **about(opened),
        "form": form,
        "fields": fields,
        "errors": _where(errors, {one.name for one in fields}),
        "hidden": {**(hidden or {}), "encounter": request.POST.get("encounter") or request.GET.get("encounter", "")},
    }
    saw(request, opened, page=form.code, sentence="打开书写页", subject=subject)
    return render(request, "record/form.html", context, status=status)


def _where(errors: Mapping[str, list[str]], shown: set[str]) -> list[tuple[str, str]]:
    """Every sentence with the field it points to, or with none for those about the whole."""
    return [(f"f-{name}" if name in shown else "", " ".join(said)) for name, said in errors.items()]
