"""Find a resident: as you type over whom one has a basis for; beyond them one masked hit for a full number."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render

from yigongti.kernel.access.actor import Actor
from yigongti.kernel.audit import trail
from yigongti.kernel.language import say
from yigongti.kernel.pages.asking import Request
from yigongti.kernel.pages.parts import Act
from yigongti.kernel.pages.registry import page
from yigongti.residents.pages import drawn
from yigongti.residents.pages.opening import choices
from yigongti.residents.queries.beyond import Beyond, find_beyond
from yigongti.residents.queries.persons import managed_list
from yigongti.residents.queries.search import Found, find


FOUND = 20  # as many as one looks through before typing one letter more
LONGEST = 60


@page("residents.find", "residents", title="居民", menu=20, icon="people")
def residents(request: Request) -> HttpResponse:
    """The list, the search, and what comes after."""
    actor = request.actor
    text, after = request.GET.get("q", "").strip()[:LONGEST], request.GET.get("after", "")
    found = find(for_=actor, text=text, limit=FOUND, after=after) if text else managed_list(for_=actor, after=after)
    beyond = find_beyond(for_=actor, text=text) if text and not found.rows and not after else Beyond()
    _note(actor, found, beyond)
    context = {**_rows(actor, text, found), **_beyond(actor, beyond), "text": text, "acts": _acts(actor)}
    return render(request, _template(request, after), context)


def _template(request: Request, after: str) -> str:
    if not request.headers.get("HX-Request"):
        return "residents/list.html"
    return "parts/table_more.html" if after else "residents/found.html"


def _note(actor: Actor, found: Found, beyond: Beyond) -> None:
    """Every person shown is noted; a masked hit with its own basis."""
    persons = [row.pk for row in found.rows]
    trail.saw(by=actor, page="residents.find", sentence="查找居民", persons=persons, basis="search")
    masked = [beyond.hit.person_id] if beyond.hit else []
    trail.saw(by=actor, page="residents.find", sentence="凭完整号码找到居民（已遮）", persons=masked, basis="masked")


def _rows(actor: Actor, text: str, found: Found) -> dict[str, Any]:
    place = "/residents/{}/record" if actor.may("record.read") else "/residents/{}"
    asked = {name: value for name, value in (("q", text), ("after", found.after)) if value}
    return {
        "columns": drawn.columns(),
        "rows": [drawn.list_row(row, href=place.format(row.pk)) for row in found.rows],
        "more_url": f"/residents?{urlencode(asked)}" if found.after else "",
    }


def _beyond(actor: Actor, beyond: Beyond) -> dict[str, Any]:
    bases = choices(actor) if beyond.hit else []
    return {"beyond": beyond, "bases": bases, "may_ask_transfer": actor.may("residents.register")}


def _acts(actor: Actor) -> list[Act]:
    if not actor.may("residents.register"):
        return []
    return [Act(word=say("登记居民"), href="/residents/new", kind="primary", icon="plus")]
