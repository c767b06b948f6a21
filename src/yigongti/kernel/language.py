"""Chinese first, English by a dictionary: every chapter keeps one `english.toml`, Chinese text = English text.

No gettext: one plain lookup serves templates, labels on definitions and refusals, needs no compiler, and a test can
list what has no English. What is missing shows in Chinese.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache, reduce
from importlib import resources

from django.conf import settings
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


class Phrase(str):
    """A Chinese text that keeps its template and facts, so that `say` can put it in the reader's language."""

    __slots__ = ("facts", "template")
    template: str
    facts: dict[str, object]


def phrase(template: str, /, **facts: object) -> Phrase:
    """The text in Chinese with `{names}` filled, ready to be said in another language. Facts may be phrases."""
    made = Phrase(template.format(**facts) if facts else template)
    made.template, made.facts = template, facts
    return made


def listed(texts: Iterable[str]) -> Phrase:
    """Several texts of the house as one, in their order."""
    return reduce(lambda a, b: phrase("{a}、{b}", a=a, b=b), [phrase(text) for text in texts] or [phrase("")])


def say(text: str, /, **facts: object) -> str:
    """The text in the reader's language, with `{names}` filled from `facts`."""
    if isinstance(text, Phrase):
        facts = {**text.facts, **facts}
        text = text.template
    spoken = english().get(text, text) if in_english() else text
    heard = {name: say(fact) if isinstance(fact, Phrase) else fact for name, fact in facts.items()}
    return spoken.format(**heard) if heard else spoken


def in_english() -> bool:
    """Whether the reader has chosen English; nobody has where no Django is set up."""
    return settings.configured and (get_language() or "").startswith("en")
