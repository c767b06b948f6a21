"""Special classes of what doctors write: by code, by obvious words where there is none, or as they name them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from yigongti.kernel.access.words import registry
from yigongti.kernel.parameters import values
from yigongti.kernel.parameters.codes import code_list
from yigongti.kernel.workflow import rooms
from yigongti.organisations.queries import institution_of_unit
from yigongti.record.policy.special_classes import BY_CODE, CLASSES, class_of


WORDS = tuple(f"record.words_{code}" for code in BY_CODE)
"""The parameters that list the obvious words of each class."""
CODE = re.compile(r"[A-Z]\d\d(\.[0-9A-Za-z+*]+)?")

STATED = code_list(
    "record.special_class", title="敏感类别", source="特别保护的记录；领域参考 2.9、第四部分 13",
    entries={one.code: one.title for one in CLASSES},
)  # fmt: skip


def code_of(diagnosis: str) -> str:
    """The code that a kept diagnosis begins with; '' for words alone."""
    first = diagnosis.split(" ", 1)[0]
    return first if CODE.fullmatch(first) else ""


@rooms.classifier("diagnosis")
def classes_of_diagnosis(diagnosis: str) -> set[str]:
    """The special class of a kept diagnosis: of its code; of its words where it has none."""
    code = code_of(diagnosis)
    return {class_of(code)} - {""} if code else classes_in_words(diagnosis)


@rooms.classifier(STATED.code)
def stated_classes(stated: Iterable[str]) -> set[str]:
    """Classes named by hand."""
    return set(stated) & set(BY_CODE)


def classes_in_words(text: str) -> set[str]:
    """The classes whose obvious words stand in a text without a code. It errs towards secrecy."""
    plain = text.upper()
    listed = zip(BY_CODE, values.several(WORDS), strict=True)
    return {code for code, words in listed if isinstance(words, tuple) and any(word in plain for word in _upper(words))}


@lru_cache(maxsize=100)
def _upper(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word.upper() for word in words)


def strictest(classes: Iterable[str]) -> str:
    """The one class an entry bears where several meet: the one that the fewest roles may read; '' for none."""
    held = {code: sum(code in role.gates for role in registry.roles.values()) for code in classes}
    return min(held, key=lambda code: (held[code], code), default="")


def may_read_at(institution: Any, classes: Iterable[str], roles: Iterable[str]) -> bool:
    """Whether one of the roles that work at such an institution has the gates of all these classes."""
    pages = [registry.roles[role] for role in roles]
    return any(institution.kind in page.works_at and set(classes) <= set(page.gates) for page in pages)


def home_for(managing: Any, classes: Iterable[str], roles: Iterable[str]) -> int:
    """The unit that looks after a person at home in a matter of these classes: who manages the record, where somebody
    there may read of it, else the institution above."""
    asked = set(classes)
    parent = managing.unit.parent_id if asked and not may_read_at(managing, asked, roles) else None
    above = institution_of_unit(parent) if parent else None
    return above.pk if above else managing.pk
