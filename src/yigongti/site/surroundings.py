"""What surrounds every page: who acts, the menu, preferences, the receipt just made."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

from django.http import HttpRequest

from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.words import registry as access_registry
from yigongti.kernel.language import say
from yigongti.kernel.pages import news
from yigongti.kernel.pages.parts import Act, NavigationEntry, Receipt
from yigongti.kernel.pages.posting import NOTICE
from yigongti.kernel.pages.registry import menu_for
from yigongti.kernel.workflow import rooms
from yigongti.organisations.queries import county_name


def surroundings(request: HttpRequest) -> dict[str, Any]:
    """The context of the page frame."""
    actor: Actor | None = getattr(request, "actor", None)
    shown: dict[str, Any] = {
        "county_name": _county_name(),
        "language": getattr(request, "LANGUAGE_CODE", "zh-hans"),
        "large_type": request.COOKIES.get("large_type") == "1",
        "theme": request.COOKIES.get("theme", "") if request.COOKIES.get("theme") in ("light", "dark") else "",
        "notice": _notice(request),
    }
    if actor is None:
        return shown
    return shown | {
        "actor": _me(request, actor),
        "navigation": _navigation(request, actor),
        "urgent": 0,
        "unread": _unread(actor),
        "session_seconds_left": getattr(request, "session_seconds_left", 0),
    }


@lru_cache(maxsize=1)
def _county_name_until(_minute: int) -> str:
    return county_name()


def _county_name() -> str:
    """The county's name, asked anew each minute: it stands on every page and changes once."""
    return _county_name_until(int(clock.now().timestamp()) // 60)


def _unread(actor: Actor) -> str:
    """How many notices the one who asks has not read: 7, 99+, or nothing."""
    found = news.unread(for_=actor)
    return f"{news.MANY - 1}+" if found >= news.MANY else str(found or "")


def _notice(request: HttpRequest) -> Receipt | None:
    if request.method != "GET" or getattr(request, "htmx", False):
        return None
    kept = request.session.pop(NOTICE, None) if hasattr(request, "session") and NOTICE in request.session else None
    if not kept:
        return None
    undo = (
        Act(word=say("撤回"), post=f"{kept['href']}/{kept['undo']}", fields={"step": kept["undo"]})
        if kept["undo"]
        else None
    )
    return Receipt(
        number=kept["number"], at=datetime.fromisoformat(kept["at"]), said=kept["done"], then=say(kept["next"]),
        href="" if kept["href"] == request.path else kept["href"], undo=undo,
    )  # fmt: skip


def _me(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    covering = say("代{name}", name=actor.covering) if actor.covering else ""
    return {
        "person_name": actor.person_name,
        "role_title": " ".join(p for p in (say(actor.role.title), covering) if p),
        "unit_name": actor.unit_name,
        "posts": [
            {
                "id": p.pk,
                "title": f"{p.unit.name} · {say(access_registry.roles[p.role].title)}"
                + (f"（{say('代{name}', name=p.covering.account.person_name)}）" if p.covering else ""),
                "current": p.pk == actor.post_id,
            }
            for p in getattr(request, "posts", ())
        ],
    }


def _navigation(request: HttpRequest, actor: Actor) -> list[NavigationEntry]:
    home = NavigationEntry(title=say("今日工作"), href="/", icon="today", current=request.path == "/")
    entries = [
        NavigationEntry(
            title=say(p.title),
            href=f"/{p.route}",
            icon=p.icon or "document",
            current=request.path.startswith(f"/{p.route}"),
        )
        for p in menu_for(actor)
    ]
    follows = any(actor.may(f"{code}.follow") for code in rooms.kept)
    cases = NavigationEntry(
        title=say("办理单"), href="/cases", icon="referral", current=request.path.startswith("/cases")
    )
    return [home, *([cases] if follows else []), *entries]
