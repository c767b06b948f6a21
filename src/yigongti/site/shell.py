"""The shell: today's work, the one search, pickers, style, preferences, posts and sign-in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from yigongti.kernel import clock
from yigongti.kernel.access import sign_in
from yigongti.kernel.access.actor import NO_ACCOUNT
from yigongti.kernel.access.words import registry
from yigongti.kernel.audit import trail
from yigongti.kernel.finders import finders, pickers, plain_given
from yigongti.kernel.language import say
from yigongti.kernel.pages import cases, drawn_cases, style_page
from yigongti.kernel.pages.asking import Request
from yigongti.kernel.pages.blocks import blocks_for
from yigongti.kernel.pages.parts import Act, Option, OptionGroup
from yigongti.kernel.pages.registry import menu_for, page
from yigongti.kernel.refusal import NotFound
from yigongti.kernel.workflow import rooms
from yigongti.kernel.workflow.words import BIRTH


__all__ = ["cases"]

LIMIT = 8


@page("work", "", title="今日工作", permission="")
def work(request: Request) -> HttpResponse:
    """The workbench: what is waiting, by urgency and clock."""
    shown = drawn_cases.work(request.actor)
    blocks = blocks_for(for_=request.actor)
    persons = [*shown["persons"], *(p for b in blocks for p in b.persons)]
    trail.saw(by=request.actor, page="work", sentence="查看今日工作", persons=persons, basis="case")
    starts = [a for a in (_start(code) for code in _begins(request)) if a]
    return render(
        request, "work.html", {"work": shown, "day": f"{clock.today():%Y-%m-%d}", "starts": starts, "blocks": blocks}
    )


def _begins(request: Request) -> list[str]:
    """The kinds of cases that this role begins by itself."""
    return [
        code
        for code, made in rooms.kept.items()
        if any(
            BIRTH in s.frm and s.weight == "primary" and request.actor.may(made.page.permission(s))
            for s in made.page.steps
        )
    ]


def _start(code: str) -> Act:
    return Act(word=say("新办{title}", title=say(rooms.kept[code].page.title)), href=f"/new/{code}", kind="secondary")


@page("find", "find", title="查找", permission="")
def find(request: Request) -> HttpResponse:
    """People, cases and functions by name, initials, number: as typed, or as a page of its own."""
    text = request.GET.get("q", "").strip()[:100]
    groups = _found(request, text) if text else []
    if request.htmx:
        return render(request, "parts/options.html", {"groups": groups, "query": text})
    return render(request, "site/find.html", {"groups": groups, "find_query": text})


def _found(request: Request, text: str) -> list[OptionGroup]:
    groups, persons = [], []
    for _code, (title, finder) in finders.items():
        hits = finder(for_=request.actor, text=text, limit=LIMIT)
        persons += [h.person_id for h in hits if h.person_id]
        options = [Option(value="", label=h.title, help=h.detail, href=h.href) for h in hits]
        if options:
            groups.append(OptionGroup(title=say(title), options=options))
    trail.saw(by=request.actor, page="find", sentence="查找", persons=persons, basis="search")
    functions = [
        Option(value="", label=say(p.title), href=f"/{p.route}")
        for p in menu_for(request.actor)
        if text in say(p.title) or text in p.title
    ]
    return [*groups, OptionGroup(title=say("功能"), options=functions)] if functions else groups


@page("pick", "pick/<str:name>", title="选择", permission="")
def pick(request: Request, name: str) -> HttpResponse:
    """What a picker offers for the text typed so far."""
    made = pickers.get(name)
    if made is None:
        raise NotFound
    given = plain_given({key: str(value) for key, value in request.GET.items()})
    choices = made.find(for_=request.actor, text=request.GET.get("q", given.get(f"{given.get('field', '')}_text", "")),
                        limit=LIMIT, given=given)  # fmt: skip
    persons = [c.person_id for c in choices if c.person_id]
    trail.saw(by=request.actor, page=f"pick.{name}", sentence="选择", persons=persons, basis="search")
    options = [Option(value=c.value, label=c.label, help=c.detail) for c in choices]
    return render(request, "parts/options.html", {"groups": [OptionGroup(title="", options=options)] if options else [],
                                                  "query": given.get("q", "")})  # fmt: skip


@page("post", "post", title="换岗位", permission="", writes=True, of_whoever=True)
def change_post(request: Request) -> HttpResponse:
    """Act as another of one's own posts, visibly; recorded. From a page that waits for that post, back to it."""
    held = {str(p.pk): p for p in sign_in.posts_of(request.actor.account_id or NO_ACCOUNT)}
    chosen = held.get(request.POST.get("post", ""))
    if request.method != "POST" or chosen is None:
        raise NotFound
    if sign_in.needs_second_factor([chosen]) and not request.session.get("strong"):
        request.session.update({"half": request.actor.account_id, "half_at": int(clock.now().timestamp()),
                                "wanted": chosen.pk})  # fmt: skip
        return HttpResponseRedirect("/second-factor", status=303)
    request.session["post"] = chosen.pk
    trail.session(by=sign_in.actor_of(chosen), action="session.post", sentence="换岗位")
    return HttpResponseRedirect(local(request), status=303)


@page("session", "session", title="继续登录", permission="", writes=True, of_whoever=True)
def stay(request: Request) -> HttpResponse:
    """Go on: the session counts from now."""
    request.session["seen"] = int(clock.now().timestamp())
    return HttpResponseRedirect(local(request), status=303)


def preferences(request: Request) -> HttpResponse:
    """Language, type size, light or dark: kept in cookies of this browser, and back to where one was."""
    answer = HttpResponseRedirect(local(request), status=303)
    allowed = {"language": ("zh-hans", "en"), "large_type": ("0", "1"), "theme": ("", "light", "dark")}
    for name, values_ in allowed.items():
        if request.method == "POST" and request.POST.get(name) in values_:
            answer.set_cookie(name, request.POST[name], max_age=31536000, samesite="Lax", secure=request.is_secure())
    return answer


def local(request: HttpRequest) -> str:
    """Where to go on, never outside this house."""
    asked = request.POST.get("next") or request.GET.get("next") or "/"
    return asked if url_has_allowed_host_and_scheme(asked, allowed_hosts=None) else "/"


@page("roles", "roles", title="岗位说明", permission="")
def roles(request: Request) -> HttpResponse:
    """Every role as its page says: what it is for, what it may do, what it must never be able to do."""
    shown = [
        (role, [registry.permissions[c].title for c in sorted(_rights(role.code)) if c in registry.permissions])
        for role in registry.roles.values()
    ]
    return render(request, "site/roles.html", {"roles": shown})


def _rights(code: str) -> set[str]:
    own = set(registry.roles[code].may)
    return own | {permission for permission, roles_ in registry.grants.items() if code in roles_}


@page("style", "style", title="样式", permission="")
def style(request: Request) -> HttpResponse:
    """The product's own style page."""
    return style_page.style_page(request)
