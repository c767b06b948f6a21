"""Picking what is to be examined: by a part of its name or by initials; what is not listed is typed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from pypinyin import Style, lazy_pinyin

from yigongti.kernel.access.actor import Actor
from yigongti.kernel.finders import Choice, picker
from yigongti.kernel.language import say
from yigongti.record.policy.order_items import CLASS_OF, LOINC_OF


@cache
def _initials() -> dict[str, str]:
    """Title → initials, letters in lower case."""
    return {title: "".join(lazy_pinyin(title, style=Style.FIRST_LETTER)).replace(" ", "").lower() for title in LOINC_OF}


def matching(text: str, limit: int) -> list[str]:
    """Titles that begin with the text or whose initials do, then those that contain it."""
    asked = "".join(text.lower().split())
    titles = {title: title.lower().replace(" ", "") for title in LOINC_OF}
    first = [one for one, plain in titles.items() if plain.startswith(asked) or _initials()[one].startswith(asked)]
    return [*first, *(one for one, plain in titles.items() if asked in plain and one not in first)][:limit]


def _find(*, for_: Actor, text: str, limit: int, given: Mapping[str, str] | None = None) -> list[Choice]:
    return [Choice(value=one, label=one, detail=say(CLASS_OF[one])) for one in matching(text, limit)]


def _resolve(*, for_: Actor, value: str, given: Mapping[str, str] | None = None) -> str:
    return value.strip()


picker("order_item", find=_find, resolve=_resolve, label=str, hint="项目名称或拼音首字母")
