"""Who asks: from the session to the actor, once a request; idle sessions end."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse, HttpResponseRedirect

from yigongti.kernel import clock
from yigongti.kernel.access import sign_in
from yigongti.kernel.pages.asking import Visit
from yigongti.kernel.parameters import values


SEEN_EVERY = 60
WITHOUT_OWN_PASSWORD = ("/password", "/sign-out", "/preferences", "/healthz")
"""All that is open to someone whose password was made by somebody else."""


class Who:
    """Sets `request.actor` (None for nobody) and ends a session that nobody has used for the county's limit."""

    def __init__(self, get_response: Callable[[Visit], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Visit) -> HttpResponse:
        request.actor = None
        request.must_change_password = False
        if "post" in request.session:
            self._recognise(request)
        if request.must_change_password and request.path not in WITHOUT_OWN_PASSWORD:
            return HttpResponseRedirect("/password", status=303)
        return self.get_response(request)

    def _recognise(self, request: Visit) -> None:
        """The post must still be held, the account in use, its password the one that signed in, and the second
        factor passed where the role asks for it."""
        now = int(clock.now().timestamp())
        limit = values.number("access.session_minutes") * 60
        seen = int(request.session.get("seen", 0))
        posts = sign_in.posts_beside(request.session["post"])
        post = next((p for p in posts if p.pk == request.session["post"]), None)
        sound = (
            post is not None
            and post.account.is_active
            and (request.session.get("strong") is True or not sign_in.needs_second_factor([post]))
            and request.session.get("password") == post.account.password[-16:]
            and (now - seen <= limit or sign_in.unattended(post))
        )
        if post is None or not sound:
            request.session.flush()
            return
        if now - seen > SEEN_EVERY:
            request.session["seen"] = now
        request.actor, request.posts = sign_in.actor_of(post), posts
        request.must_change_password = post.account.must_change_password
        request.session_seconds_left = limit if now - seen > SEEN_EVERY else limit - (now - seen)
