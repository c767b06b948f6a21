"""Who is told of each new snapshot. It loads no engine, so that every process can say at its start who follows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


Follower = Callable[[Any], object]

_followers: list[Follower] = []


def after_each(follower: Follower) -> Follower:
    """Be called with every `refreshing.Refreshed` once its snapshot is published."""
    _followers.append(follower)
    return follower


def tell(refreshed: object) -> None:
    """A snapshot is published."""
    for follower in _followers:
        follower(refreshed)
