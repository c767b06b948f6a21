"""The smallest parts as markup: icon, state, clock, person. A worklist draws hundreds: too many for templates.

Written out with `_text` around every value that is not one of these parts: Django's `format_html` takes ten times as
long, and markupsafe's `escape`, which makes an object of every word, three times.
"""

from __future__ import annotations

import html
from functools import lru_cache

from django.templatetags.static import static
from django.utils.safestring import SafeString

from yigongti.kernel.language import say
from yigongti.kernel.pages.parts import Clock, Person, State


NOTHING = SafeString("")


def _text(value: object) -> str:
    """A value as text of a page, escaped unless it is markup itself."""
    return value.__html__() if hasattr(value, "__html__") else html.escape(str(value))


@lru_cache(maxsize=128)
def icon(name: str) -> SafeString:
    """A line icon from the one sprite; a word always stands beside it, so it is hidden from screen readers."""
    sprite = _text(static("yigongti/icons.svg"))
    return SafeString(
        f'<svg class="icon" aria-hidden="true" width="20" height="20"><use href="{sprite}#{_text(name)}"/></svg>'
    )


@lru_cache(maxsize=512)
def state(shown: State | None) -> SafeString:
    """Shape and word: ring, half disc, tick, triangle, diamond, octagon, dash."""
    if not shown:  # a name that the template does not know arrives as ""
        return NOTHING
    drawn = icon(f"state-{shown.kind}")
    return SafeString(f'<span class="state is-{_text(shown.kind)}">{drawn}<span>{_text(shown.word)}</span></span>')


def clock(shown: Clock | None, *, show_rule: bool = False) -> SafeString:
    """A dial of the time that is gone, and words; the exact moment on hover and on paper."""
    if not shown:  # a name that the template does not know arrives as ""
        return NOTHING
    exact = _text(f"{shown.exact} {shown.rule}".strip())
    after = f"{_span('quiet', shown.note)}{_span('exact', shown.exact)}"
    rule = _span("clock-rule", shown.rule if show_rule else "")
    return SafeString(
        f'<span class="clock is-{_text(shown.kind)}" title="{exact}">{_dial(shown)}'
        f"<span{_said(shown)}>{_text(shown.words)}</span>{after}{rule}</span>"
    )


def _said(shown: Clock) -> str:
    """Screens only; the page goes on counting towards the moment."""
    if not shown.exact:
        return ""
    due = f' data-due="{_text(shown.due.isoformat(timespec="seconds"))}"' if shown.due else ""
    return f' class="said"{due}'


def person(shown: Person | None) -> SafeString:
    """Name, sex and age, a lock when masked, then what must not be overlooked."""
    if not shown:  # a name that the template does not know arrives as ""
        return NOTHING
    name = _text(shown.name)
    pieces = (
        f'<span class="person-name"><a href="{_text(shown.href)}">{name}</a></span>' if shown.href
        else f'<span class="person-name">{name}</span>',
        _span("person-facts", f"{shown.sex} {shown.age}".strip()),
        _lock() if shown.masked else NOTHING,
        *(state(flag) for flag in shown.flags),
        _span("quiet", shown.note),
    )  # fmt: skip
    return SafeString(f'<span class="person">{" ".join(filter(None, pieces))}</span>')


def _dial(shown: Clock) -> str:
    if shown.kind in ("overdue", "harm"):
        return icon("state-overdue")
    if not shown.elapsed:
        return ""
    return (
        '<svg class="dial" viewBox="0 0 20 20" aria-hidden="true"><circle class="dial-whole" cx="10" cy="10" r="8"/>'
        '<circle class="dial-gone" cx="10" cy="10" r="4" pathLength="100" '
        f'stroke-dasharray="{_text(shown.elapsed)} 100" transform="rotate(-90 10 10)"/></svg>'
    )


def _lock() -> str:
    title, word = _text(say("未说明依据，只显示部分")), _text(say("已遮"))
    return f'<span class="person-masked" title="{title}">{icon("lock")}<span>{word}</span></span>'


def _span(css: str, words: str) -> str:
    return f'<span class="{css}">{_text(words)}</span>' if words else ""
