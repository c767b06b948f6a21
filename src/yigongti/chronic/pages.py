"""Who is told of a follow-up: the township centre of what was done or could not be done in its village rooms."""

from __future__ import annotations

from yigongti.kernel.pages import news


news.listen("chronic.followed_up", "chronic.follow_up_missed", "chronic.follow_up_stopped")
