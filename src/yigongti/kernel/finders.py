"""Search as you type, everywhere: finders answer the box at the top, pickers fill a field of a form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from yigongti.kernel.access.actor import Actor
from yigongti.kernel.refusal import BadValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One line found for the box at the top. `person_id` is set when a person is shown, so that it is audited."""

    title: str
    detail: str
    href: str
    kind: str
    person_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One line of a picker: what the form keeps, what the user reads."""

    value: str
    label: str
    detail: str = ""
    person_id: int | None = None


class Finder(Protocol):
    """A chapter's answer to the box at the top."""

    def __call__(self, *, for_: Actor, text: str, limit: int) -> list[Hit]:
        """What is found, best first, within the actor's scope."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Picker:
    """What a field is picked from: `find` offers choices for a text (and the form's other values, `given`), `resolve`
    turns a kept value into the thing or raises BadValue, `label` shows a kept value again. A `closed` picker may show
    its choices at once where they are few; `hint` says what may be typed."""

    code: str
    find: Callable[..., list[Choice]]
    resolve: Callable[..., Any]
    label: Callable[[Any], str]
    closed: bool = False
    hint: str = ""


LONGEST_VALUE = 200
"""What a picked field keeps is a key, a code or a short name."""

finders: dict[str, tuple[str, Finder]] = {}
pickers: dict[str, Picker] = {}
doubled: list[str] = []
"""Names under which two different pickers were registered: which of them a form gets would be chance, so none may."""


def finder(code: str, *, title: str) -> Callable[[Finder], Finder]:
    """Register a finder; called as `fn(for_=actor, text=text, limit=n)`."""

    def add(function: Finder) -> Finder:
        finders[code] = (title, function)
        return function

    return add


def picker(
    code: str,
    *,
    find: Callable[..., list[Choice]],
    resolve: Callable[..., Any],
    label: Callable[[Any], str] = str,
    closed: bool = False,
    hint: str = "",
) -> Picker:
    """Register a picker: `find(for_=, text=, limit=, given={})`, `resolve(for_=, value=, given={})`, `label(thing)`."""
    if code in pickers and pickers[code].find.__module__ != find.__module__:
        doubled.append(f"two pickers are called {code}: {pickers[code].find.__module__} and {find.__module__}")
    made = Picker(code=code, find=find, resolve=resolve, label=label, closed=closed, hint=hint)
    pickers[code] = made
    return made


CANDIDATES = 8


def meant(code: str, *, for_: Actor, text: str, given: dict[str, str]) -> list[Choice]:
    """What a name means that was typed and not picked: what is called just so, else all that is found by it."""
    found = pickers[code].find(for_=for_, text=text, limit=CANDIDATES, given=given)
    return [choice for choice in found if choice.label == text] or found


def plain_given(given: dict[str, str]) -> dict[str, str]:
    """The other values of a form, without what only looks like a number (“²” is a digit to `isdigit`, not to `int`)."""
    return {name: v for name, v in given.items() if not v.isdigit() or (v.isascii() and len(v) <= LONGEST_VALUE)}


def resolve(code: str, *, for_: Actor, value: str, given: dict[str, str], field: str, label: str) -> Any:
    """The thing behind a picked value; BadValue names the field when nothing in reach answers to it."""
    if len(value) > LONGEST_VALUE or not value.isprintable() or (value.isdigit() and not value.isascii()):
        raise BadValue(field=field, label=label, value=f"{value[:20]}…".replace("\x00", ""), problem="请重新选择")
    try:
        return pickers[code].resolve(for_=for_, value=value, given=given)
    except BadValue as bad:
        raise BadValue(field=field, label=label, value=value, problem=bad.facts.get("problem", "请重新选择")) from None
