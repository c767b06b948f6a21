"""Who asks: from the session to the actor, once a request; idle sessions end."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from yigongti.kernel import clock
from yigongti.kernel.access import sign_in
from yigongti.kernel.access.models import Post
from yigongti.kernel.access.words import registry
from yigongti.kernel.parameters import values


SEEN_EVERY = 60


class Who:
    """Sets `request.actor` (None for nobody) and ends a session that nobody has used for the county's limit."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = None
        request.account_password = ""
        if "post" in request.session:
            self._recognise(request)
        return self.get_response(request)

    def _recognise(self, request: HttpRequest) -> None:
        """The post must still be held, the account in use and its password the one that signed in."""
        now = int(clock.now().timestamp())
        limit = values.number("access.session_minutes") * 60
        seen = int(request.session.get("seen", 0))
        post = Post.objects.select_related("account", "unit", "covering__account").filter(
            pk=request.session["post"], account__status="active").first()  # fmt: skip
        sound = (
            post is not None
            and post.role in registry.roles
            and post.holds_on(clock.today())
            and post.unit.closed_on is None
            and request.session.get("password") == post.account.password[-16:]
            and now - seen <= limit
        )
        if post is None or not sound:
            request.session.flush()
            return
        if now - seen > SEEN_EVERY:
            request.session["seen"] = now
        request.actor = sign_in.actor_of(post)
        request.must_change_password = post.account.must_change_password
        request.session_seconds_left = limit if now - seen > SEEN_EVERY else limit - (now - seen)
