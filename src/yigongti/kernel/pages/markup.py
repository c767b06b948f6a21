"""The smallest parts as markup: icon, state, clock, person. A worklist draws hundreds: too many for templates."""

from __future__ import annotations

from functools import lru_cache

from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from yigongti.kernel.language import say
from yigongti.kernel.pages.parts import Clock, Person, State


NOTHING = SafeString("")


@lru_cache(maxsize=128)
def icon(name: str) -> SafeString:
    """A line icon from the one sprite; a word always stands beside it, so it is hidden from screen readers."""
    return format_html(
        '<svg class="icon" aria-hidden="true" width="20" height="20"><use href="{}#{}"/></svg>',
        static("yigongti/icons.svg"),
        name,
    )


@lru_cache(maxsize=512)
def state(shown: State | None) -> SafeString:
    """Shape and word: ring, half disc, tick, triangle, diamond, octagon, dash."""
    if not shown:  # a name that the template does not know arrives as ""
        return NOTHING
    return format_html(
        '<span class="state is-{}">{}<span>{}</span></span>', shown.kind, icon(f"state-{shown.kind}"), shown.word
    )


def clock(shown: Clock | None, *, show_rule: bool = False) -> SafeString:
    """A dial of the time that is gone, and words; the exact moment on hover and on paper."""
    if not shown:  # a name that the template does not know arrives as ""
        return NOTHING
    return format_html(
        '<span class="clock is-{}" title="{}">{}<span{}>{}</span>{}{}{}</span>',
        shown.kind,
        f"{shown.exact} {shown.rule}".strip(),
        _dial(shown),
        _said(shown),
        shown.words,
        _span("quiet", shown.note),
        _span("exact", shown.exact),
        _span("clock-rule", shown.rule if show_rule else ""),
    )


def _said(shown: Clock) -> SafeString:
    """Screens only; the page goes on counting towards the moment."""
    if not shown.exact:
        return NOTHING
    due = format_html(' data-due="{}"', shown.due.isoformat(timespec="seconds")) if shown.due else NOTHING
    return format_html(' class="said"{}', due)


def person(shown: Person | None) -> SafeString:
    """Name, sex and age, a lock when masked, then what must not be overlooked."""
    if not shown:  # a name that the template does not know arrives as ""
        return NOTHING
    name = format_html('<a href="{}">{}</a>', shown.href, shown.name) if shown.href else shown.name
    facts = f"{shown.sex} {shown.age}".strip()
    pieces = [
        format_html('<span class="person-name">{}</span>', name),
        _span("person-facts", facts),
        _lock() if shown.masked else NOTHING,
        *(state(flag) for flag in shown.flags),
        _span("quiet", shown.note),
    ]
    return format_html('<span class="person">{}</span>', format_html_join(" ", "{}", ((p,) for p in pieces if p)))


def _dial(shown: Clock) -> SafeString:
    if shown.kind in ("overdue", "harm"):
        return icon("state-overdue")
    if not shown.elapsed:
        return NOTHING
    return format_html(
        '<svg class="dial" viewBox="0 0 20 20" aria-hidden="true"><circle class="dial-whole" cx="10" cy="10" r="8"/>'
        '<circle class="dial-gone" cx="10" cy="10" r="4" pathLength="100" '
        'stroke-dasharray="{} 100" transform="rotate(-90 10 10)"/></svg>',
        shown.elapsed,
    )


def _lock() -> SafeString:
    return format_html(
        '<span class="person-masked" title="{}">{}<span>{}</span></span>',
        say("未说明依据，只显示部分"),
        icon("lock"),
        say("已遮"),
    )


def _span(css: str, words: str) -> SafeString:
    return format_html('<span class="{}">{}</span>', css, words) if words else NOTHING
