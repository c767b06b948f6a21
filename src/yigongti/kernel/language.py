"""Chinese first, English by a dictionary: every chapter keeps one `english.toml`, Chinese text = English text.

No gettext: one plain lookup serves templates, labels on definitions and refusals, needs no compiler, and a test can
list what has no English. What is missing shows in Chinese.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

from django.utils.translation import get_language


PACKAGE = "yigongti"


@cache
def english() -> dict[str, str]:
    """All dictionaries in one: Chinese text → English text."""
    words: dict[str, str] = {}
    for place in _dictionaries():
        words.update(tomllib.loads(place.read_text(encoding="utf-8")))
    return words


def _dictionaries() -> list[resources.abc.Traversable]:
    found = []
    pending = [resources.files(PACKAGE)]
    while pending:
        folder = pending.pop()
        for entry in folder.iterdir():
            if entry.is_dir() and not entry.name.startswith(("__", "static", "templates", "migrations")):
                pending.append(entry)
            elif entry.name == "english.toml":
                found.append(entry)
    return sorted(found, key=str)


def say(text: str, /, **facts: object) -> str:
    """The text in the reader's language, with `{names}` filled from `facts`."""
    spoken = english().get(text, text) if (get_language() or "").startswith("en") else text
    return spoken.format(**facts) if facts else spoken
