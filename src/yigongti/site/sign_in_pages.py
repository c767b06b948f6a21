"""Sign-in, second factor, password and sign-out."""

from __future__ import annotations

from urllib.parse import urlencode

import segno
from django.http import HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import render
from django.utils.safestring import mark_safe

from yigongti.kernel import clock
from yigongti.kernel.access import accounts, sign_in
from yigongti.kernel.access.actor import NO_ACCOUNT, Actor
from yigongti.kernel.access.models import Account, Post
from yigongti.kernel.audit import trail
from yigongti.kernel.language import say
from yigongti.kernel.pages import opened
from yigongti.kernel.pages.asking import Visit
from yigongti.kernel.pages.parts import Field
from yigongti.kernel.pages.posting import errors_of
from yigongti.kernel.parameters import values
from yigongti.kernel.refusal import BadValue, Refusal, raise_all
from yigongti.site.shell import local


def enter(request: Visit) -> HttpResponse:
    """Login and password; then the second factor where a role asks for it."""
    if request.actor is not None:
        return HttpResponseRedirect(local(request))
    login = request.POST.get("login", "")
    if request.method != "POST":
        return _enter_page(request, login, {}, 200)
    try:
        account = sign_in.check(login=login, password=request.POST.get("password", ""))
        posts = sign_in.posts_of(account.pk)
        if not posts:
            raise sign_in.NoPost(field="login")
    except Refusal as refusal:
        return _enter_page(request, login, errors_of(refusal), refusal.status)
    if sign_in.needs_second_factor(posts):
        request.session.cycle_key()
        request.session["half"] = account.pk
        request.session["half_at"] = int(clock.now().timestamp())
        return HttpResponseRedirect(f"/second-factor?{urlencode({'next': local(request)})}", status=303)
    return _let_in(request, account, posts, strong=False)


def _enter_page(request: Visit, login: str, errors: dict[str, list[str]], status: int) -> HttpResponse:
    fields = [
        Field(
            name="login",
            label=say("登录名"),
            value=login,
            error=" ".join(errors.get("login", ())),
            autocomplete="username",
        ),
        Field(name="password", label=say("口令"), input_type="password", autocomplete="current-password"),
    ]
    whole = [("", sentence) for sentence in errors.get("", ())]
    context = {"fields": fields, "errors": whole, "next": local(request),
               "ended": "ended" in request.GET, "left": "left" in request.GET}  # fmt: skip
    return render(request, "site/sign_in.html", context, status=status)


def _let_in(request: Visit, account: Account, posts: list[Post], *, strong: bool) -> HttpResponse:
    """Begin the session in the post that was asked for, else in the first; `strong` after a second factor."""
    wanted = request.session.get("wanted")
    for name in ("half", "half_at", "secret", "wanted"):
        request.session.pop(name, None)
    if not posts:  # the last one ended between password and code
        raise sign_in.NoPost
    post = next((p for p in posts if p.pk == wanted), posts[0])
    request.session.cycle_key()
    rotate_token(request)
    request.session.update({
        "post": post.pk, "password": account.password[-16:], "strong": strong, "seen": int(clock.now().timestamp())
    })  # fmt: skip
    if sign_in.unattended(post):  # it comes back by itself after a night without power; others end with the shift
        request.session.set_expiry(values.number("access.unattended_days") * 24 * 60 * 60)
    sign_in.admitted(account_id=account.pk)
    trail.session(by=sign_in.actor_of(post), action="session.begins", sentence="登录")
    return HttpResponseRedirect("/password" if account.must_change_password else local(request), status=303)


def second_factor(request: Visit) -> HttpResponse:
    """The code of the day's second; at the first time, enrolment with a code to scan."""
    account = _half_in(request)
    if account is None:
        return HttpResponseRedirect("/sign-in")
    error = ""
    if request.method == "POST":
        try:
            _check_code(request, account, request.POST.get("code", ""))
            return _let_in(request, account, sign_in.posts_of(account.pk), strong=True)
        except Refusal as refusal:
            error = refusal.sentence
    enrolment = None
    if not account.second_factor_secret:
        enrolment = sign_in.new_enrolment(account, secret=request.session.get("secret", ""))
        request.session["secret"] = enrolment.secret
        picture = mark_safe(segno.make(enrolment.uri).svg_inline(scale=4))  # noqa: S308 - segno draws it
    field = Field(
        name="code", label=say("六位动态口令"), error=error, inputmode="numeric", autocomplete="one-time-code"
    )
    context = {"field": field, "enrolment": enrolment, "picture": picture if enrolment else "", "next": local(request)}
    return render(request, "site/second_factor.html", context, status=401 if error else 200)


def _half_in(request: Visit) -> Account | None:
    """The account whose password was right a moment ago."""
    fresh = int(clock.now().timestamp()) - int(request.session.get("half_at", 0)) < 300
    return (
        Account.objects.filter(pk=request.session.get("half", NO_ACCOUNT), status="active").first() if fresh else None
    )


def _check_code(request: Visit, account: Account, code: str) -> None:
    if account.second_factor_secret:
        sign_in.check_code(account_id=account.pk, code=code)
    else:
        sign_in.enrol(account_id=account.pk, secret=request.session.get("secret", ""), code=code)


def leave(request: Visit) -> HttpResponse:
    """Sign out; where a page waits for somebody else, on to it."""
    if request.method == "POST":
        if request.actor:
            trail.session(by=request.actor, action="session.ends", sentence="退出")
        request.session.flush()
        rotate_token(request)
    way_on = {"next": local(request)} if "next" in request.POST else {"left": "1"}
    return HttpResponseRedirect(f"/sign-in?{urlencode(way_on)}", status=303)


def password(request: Visit) -> HttpResponse:
    """Change one's own password; forced at the first sign-in."""
    if request.actor is None:
        return HttpResponseRedirect("/sign-in?next=/password")
    if opener := opened.another(request):
        return opened.told(request, opener)
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        try:
            _change_password(request, request.actor)
            return HttpResponseRedirect("/", status=303)
        except Refusal as refusal:
            errors = errors_of(refusal)
    kinds = (("old", say("现在的口令"), "current-password"), ("new", say("新口令"), "new-password"),
             ("again", say("再输一遍新口令"), "new-password"))  # fmt: skip
    fields = [
        Field(name=n, label=label, input_type="password", autocomplete=c, error=" ".join(errors.get(n, ())))
        for n, label, c in kinds
    ]
    said = [(f"f-{k}", s) for k, several in errors.items() for s in several]
    context = {"fields": fields, "errors": said, "emptied": True}
    return render(request, "site/password.html", context, status=422 if errors else 200)


def _change_password(request: Visit, actor: Actor) -> None:
    account = sign_in.check(login=Account.objects.get(pk=actor.account_id or NO_ACCOUNT).login,
                            password=request.POST.get("old", ""))  # fmt: skip
    new = request.POST.get("new", "")
    faults = accounts.password_faults(new, login=account.login, field="new")
    if new != request.POST.get("again", ""):
        faults.append(BadValue(field="again", label="口令", value="******", problem="两次输入不一样"))
    elif new == request.POST.get("old"):
        faults.append(BadValue(field="new", label="口令", value="******", problem="不能与现在的口令相同"))
    raise_all(faults)
    account.set_password(new)
    account.must_change_password = False
    account.save(update_fields=["password", "must_change_password"])
    request.session.cycle_key()
    request.session["password"] = account.password[-16:]
    trail.session(by=actor, action="session.password", sentence="修改口令")
