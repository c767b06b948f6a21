"""For whom a page was opened: each of its forms says it, and is carried out for nobody else.

A browser has one session and many tabs: signing in, or changing the post, in one of them changes who acts in all.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import constant_time_compare, salted_hmac
from markupsafe import Markup

from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.models import Post
from yigongti.kernel.access.words import registry
from yigongti.kernel.audit import trail
from yigongti.kernel.language import say
from yigongti.kernel.pages import unsent
from yigongti.kernel.refusal import Refusal


FIELD = Markup('<input type="hidden" name="{}" value="{}">')
SIGN = 16
"""Letters of the signature: it keeps numbers of posts from being tried for the names behind them."""


class OpenedByAnother(Refusal):
    """这一页是{opener}打开的，现在登录的是{now}；为防记在别人名下，没有办理。"""


def field_for(actor: Actor | None) -> Markup:
    """The hidden field of a page's forms; nothing where nobody is signed in."""
    return FIELD.format(unsent.MARK, _signed(actor.post_id)) if actor and actor.post_id else Markup("")


def _signed(post_id: int) -> str:
    sign = salted_hmac("yigongti.opened", str(post_id), algorithm="sha256").hexdigest()
    return f"{post_id}-{sign[:SIGN]}"


def another(request: HttpRequest) -> Post | None:
    """The post for which the form was opened, where that is not the one that acts now."""
    actor: Actor | None = getattr(request, "actor", None)
    mark = request.POST.get(unsent.MARK, "") if request.method == "POST" and actor else ""
    number = mark.partition("-")[0]
    if not number.isdecimal() or not constant_time_compare(mark, _signed(int(number))):
        return None  # not one of our forms: its token has been asked for
    found = Post.objects.select_related("account", "unit").filter(pk=int(number)).first()
    return found if actor and found and found.pk != actor.post_id else None


def told(request: HttpRequest, opener: Post, *, action: str = "") -> HttpResponse:
    """Nothing is done, and both ways on: as who opened the page, where it stood; or in one's own name, knowingly."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    now = _named(actor.person_name, actor.unit_name, actor.role.title)
    refusal = OpenedByAnother(opener=_title(opener), now=now)
    trail.refused(by=actor, action=action or request.path, sentence=str(refusal))
    context = {
        "sentence": refusal.sentence,
        "kept": unsent.kept(request, without=frozenset({unsent.MARK})),
        "again": request.get_full_path(),
        "back": unsent.place_of(request),
        "opener": opener,
        "post": _post_title(opener) if _held(request, opener) else "",
        "now": now,
    }
    return render(request, "opened.html", context, status=refusal.status)


def _held(request: HttpRequest, opener: Post) -> bool:
    """Whether it is another post of the one who acts."""
    return any(post.pk == opener.pk for post in getattr(request, "posts", ()))


def _title(post: Post) -> str:
    return _named(post.account.person_name, post.unit.name, _role(post))


def _post_title(post: Post) -> str:
    return f"{post.unit.name} · {say(_role(post))}"


def _role(post: Post) -> str:
    return registry.roles[post.role].title if post.role in registry.roles else post.role


def _named(person: str, unit: str, role: str) -> str:
    return f"{person}（{unit}·{say(role)}）"
