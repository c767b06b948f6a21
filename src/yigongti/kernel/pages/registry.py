"""Every page of the house in one list: its address, who may open it, where it stands in the menu."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, register_converter
from django.urls.converters import IntConverter

from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.words import registry as access_registry
from yigongti.kernel.audit import trail
from yigongti.kernel.pages import opened, paper
from yigongti.kernel.pages.asking import LONGEST
from yigongti.kernel.pages.unsent import place_of
from yigongti.kernel.refusal import Refusal


View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page. `permission` is empty for pages that every signed-in account may open; `menu` orders the sidebar."""

    code: str
    route: str
    title: str
    permission: str
    view: View
    menu: int = 0
    icon: str = ""
    writes: bool = False


pages: dict[str, Page] = {}


def page(
    code: str,
    route: str,
    *,
    title: str,
    permission: str | None = None,
    menu: int = 0,
    icon: str = "",
    writes: bool = False,
    on_paper: bool = False,
    of_whoever: bool = False,
) -> Callable[[View], View]:
    """Register a view behind sign-in and its permission (its own code unless told; '' for any signed-in account).
    One `on_paper` is had as a PDF too, where the machine makes them. A form is carried out only for whom its page was
    opened; one `of_whoever` concerns the session alone.

    A Refusal that the view lets through becomes the refusal page with its status. The view finds the one who asks in
    `request.actor`.
    """
    asked = code if permission is None else permission

    def wrap(view: View) -> View:
        if asked and not writes:
            access_registry.add_permission(asked, title=title, writes=False)

        @functools.wraps(view)
        def guarded(request: HttpRequest, **arguments: Any) -> HttpResponse:
            actor: Actor | None = getattr(request, "actor", None)
            if actor is None:
                return HttpResponseRedirect(f"/sign-in?{urlencode(_way_back(request))}")
            try:
                if not of_whoever and (opener := opened.another(request)):
                    return opened.told(request, opener, action=code)
                if asked:
                    actor.require(asked)
                if actor.role.alone_at not in ("", request.path):  # a device shows its own page, wherever it is led
                    return HttpResponseRedirect(actor.role.alone_at)
                answer = view(request, **arguments)
                return paper.answered(request, answer) if on_paper else answer
            except Refusal as refusal:
                if refusal.status == HTTPStatus.FORBIDDEN and not refusal.recorded:
                    trail.refused(by=actor, action=code, sentence=str(refusal))
                return refusal_page(request, refusal)

        pages[code] = Page(
            code=code, route=route, title=title, permission=asked, view=guarded, menu=menu, icon=icon, writes=writes
        )
        return guarded

    return wrap


def refusal_page(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Say no in words: the sentence, the rule, and the way back."""
    return render(request, "refusal.html", {"refusal": refusal, "sentence": refusal.sentence}, status=refusal.status)


class RowNumber(IntConverter):
    """A number in a path that a row can have; a longer one leads nowhere."""

    regex = f"[0-9]{{1,{LONGEST}}}"


register_converter(RowNumber, "row")


def addresses() -> list[URLPattern]:
    """All registered pages as URL patterns, named by their codes."""
    return [path(p.route.replace("<int:", "<row:"), p.view, name=p.code) for p in pages.values()]


def menu_for(actor: Actor) -> list[Page]:
    """The sidebar of the actor's role: five to eight entries, in order."""
    return sorted((p for p in pages.values() if p.menu and actor.may(p.permission)), key=lambda p: p.menu)


def _way_back(request: HttpRequest) -> dict[str, str]:
    """Where to go on after sign-in, and whether a session has ended: its cookie came, and nobody belongs to it."""
    came = settings.SESSION_COOKIE_NAME in request.COOKIES and "half" not in request.session
    return {"next": place_of(request), **({"ended": "1"} if came else {})}
