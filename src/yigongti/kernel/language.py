"""Chinese first, English by a dictionary: every chapter keeps one `english.toml`, Chinese text = English text.

No gettext: one plain lookup serves templates, labels on definitions and refusals, needs no compiler, and a test can
list what has no English. What is missing shows in Chinese.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, reduce
from importlib import resources
from typing import Any


PACKAGE = "yigongti"

# A page says hundreds of texts: the reader's language is looked up by each of them.
_english: ContextVar[bool] = ContextVar("in_english", default=False)


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


def packed(text: str) -> Any:
    """A text as it is kept in JSON: a phrase by its template and facts, so that it can be said again."""
    if not isinstance(text, Phrase):
        return text
    return {"template": text.template, "facts": {name: _plain(fact) for name, fact in text.facts.items()}}


def _plain(fact: object) -> Any:
    if isinstance(fact, str):
        return packed(fact)
    return fact if fact is None or isinstance(fact, bool | int | float) else str(fact)


def unpacked(kept: Any) -> Any:
    """A kept text again, as a phrase where it was one; a plain text, as older rows hold it, stays as it is."""
    if not isinstance(kept, dict):
        return kept
    return phrase(kept["template"], **{name: unpacked(fact) for name, fact in kept["facts"].items()})


def listed(texts: Iterable[str]) -> Phrase:
    """Several texts of the house as one, in their order."""
    return reduce(lambda a, b: phrase("{a}、{b}", a=a, b=b), [phrase(text) for text in texts] or [phrase("")])


def say(text: str, /, **facts: object) -> str:
    """The text in the reader's language, with `{names}` filled from `facts`."""
    if isinstance(text, Phrase):
        facts = {**text.facts, **facts}
        text = text.template
    said = english().get(text, text) if _english.get() else text
    if not facts:
        return said
    return said.format(**{name: say(fact) if isinstance(fact, Phrase) else fact for name, fact in facts.items()})


def in_english() -> bool:
    """Whether the reader has chosen English."""
    return _english.get()


@contextmanager
def spoken(code: str) -> Iterator[None]:
    """Say everything in this language (`zh-hans`, `en`) until the end of the block."""
    token = _english.set(code.startswith("en"))
    try:
        yield
    finally:
        _english.reset(token)
