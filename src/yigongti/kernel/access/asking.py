"""Questions that every request of a role asks again with another unit or post: written once a role, asked by values."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import replace
from functools import partial
from typing import Any

from django.db.models import QuerySet

from yigongti.kernel.access.actor import NO_ACCOUNT, NO_POST, Actor
from yigongti.kernel.question import Question, Slot


_written: dict[Hashable, Question] = {}


def asked(
    *key: Hashable, for_: Actor, write: Callable[[Actor], QuerySet[Any, Any]], **given: Any
) -> list[tuple[Any, ...]]:
    """The rows of a question about what the actor sees.

    `write` gets an actor of the same role with slots for unit, path, post and account, and returns a queryset of
    `values_list`; `key` names it together with all else that shapes it, and never holds what a user typed.
    """
    place = (*key, id(for_.role))
    question = _written.get(place)
    if question is None:
        question = _written[place] = Question(partial(write, _anybody(for_)))  # which keeps the role, and so its id
    return question.asked(
        unit=for_.unit_id,
        path=for_.unit_path,
        post=for_.post_id or NO_POST,
        account=for_.account_id or NO_ACCOUNT,
        **given,
    )


def _anybody(for_: Actor) -> Actor:
    """Whoever holds this role anywhere."""
    slots: dict[str, Any] = {
        "unit_id": Slot("unit"), "unit_path": Slot("path"), "post_id": Slot("post"), "account_id": Slot("account"),
    }  # fmt: skip
    return replace(for_, **slots)
