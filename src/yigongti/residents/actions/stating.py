"""Small answers every act needs: a reason that was really stated, who did it before, and when."""

from __future__ import annotations

from datetime import datetime

from django.utils.timezone import localtime

from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.models import Post
from yigongti.kernel.language import say
from yigongti.kernel.refusal import AlreadyDone, BadValue, Missing, NotAllowed


def stated(reason: str, *, label: str, field: str = "reason") -> str:
    """The reason without its edges. Raises Missing when there is none."""
    if not reason.strip():
        raise Missing(field=field, label=say(label))
    if "\x00" in reason:
        raise BadValue(field=field, label=say(label), value=reason[:20].replace("\x00", "�"),
                       problem=say("含有不能保存的控制字符"))  # fmt: skip
    return reason.strip()[:400]


def post_of(by: Actor) -> int:
    """The post that answers for this act. Raises NotAllowed for system accounts: some acts are a human's alone."""
    if by.post_id is None:
        raise NotAllowed(who=by.title, what=say("以个人岗位办理"))
    return by.post_id


def already(post_id: int | None, moment: datetime | None, what: str) -> AlreadyDone:
    """The refusal for what somebody has done before: who, when, what."""
    post = Post.objects.select_related("account").filter(pk=post_id or 0).first()
    when = f"{localtime(moment):%Y-%m-%d %H:%M}" if moment else ""
    return AlreadyDone(who=post.account.person_name if post else say("系统"), when=when, what=what)
