"""The sentence of an entry in the reader's language: the trail keeps Chinese, the house's own words have their English.

An entry is what its action is called, and what was done. A sentence that was filled in is known again by its template;
what people wrote stays as they wrote it.
"""

from __future__ import annotations

import re
from functools import cache

from yigongti.kernel.action.gate import actions
from yigongti.kernel.audit.models import Entry
from yigongti.kernel.language import english, in_english, say


LEAST, HEAD = 3, 2
"""Characters of its own that a template has at least, in all or before its first fact, to be known without a doubt."""

MARKS = re.compile(r"([。：；，、·“”（）《》\s])")
PLAIN_MARKS = str.maketrans({"。": ". ", "：": ": ", "；": "; ", "，": ", ", "、": ", ", "（": " (", "）": ")"})


def sentence_of(entry: Entry) -> str:
    """As it was written for readers of Chinese; for others as far as these are words of the house."""
    if not in_english():
        return entry.sentence
    made = actions.get(entry.action)
    called = made.sentence if made and entry.sentence.startswith(made.sentence) else ""
    rest = entry.sentence.removeprefix(called)
    return " ".join(part.strip() for part in (_said(called), _said(rest)) if part.strip())


def _said(text: str) -> str:
    """A whole sentence, else a filled one, else piece by piece."""
    if not text or text in english():
        return say(text)
    return _filled(text) or "".join(_piece(one) for one in MARKS.split(text))


def _piece(text: str) -> str:
    return text.translate(PLAIN_MARKS) if MARKS.fullmatch(text) else say(text) if text else ""


def _filled(text: str) -> str:
    """The template with most characters of its own that gives this text, with its facts said too."""
    fitting = [(own, template, shape) for own, head, template, shape in _templates() if text.startswith(head)]
    for _own, template, shape in sorted(fitting, key=lambda one: -one[0]):
        match = shape.fullmatch(text)
        if match:
            return say(template, **{name: _said(fact) for name, fact in match.groupdict().items()})
    return ""


@cache
def _templates() -> tuple[tuple[int, str, str, re.Pattern[str]], ...]:
    """Texts with facts in them: characters of their own, how they begin, and the pattern of what they give."""
    found = []
    for template in english():
        parts = re.split(r"\{(\w+)\}", template)
        own = sum(map(len, parts[::2]))
        if len(parts) > 1 and (own >= LEAST or len(parts[0]) >= HEAD):
            found.append((own, parts[0], template, re.compile(_shape(parts), re.DOTALL)))
    return tuple(found)


def _shape(parts: list[str]) -> str:
    """Own text as it is, facts as groups; a fact that comes twice is the same twice."""
    seen: set[str] = set()
    shape = []
    for place, part in enumerate(parts):
        if place % 2 == 0:
            shape.append(re.escape(part))
        else:
            shape.append(f"(?P={part})" if part in seen else f"(?P<{part}>.+?)")
            seen.add(part)
    return "".join(shape)
