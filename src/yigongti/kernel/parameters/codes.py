"""Code lists: what may be chosen, with its source; entries may begin and end on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One code and its label."""

    code: str
    label: str
    begins: date = date.min
    ends: date = date.max


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeList:
    """A named list with its source."""

    code: str
    title: str
    source: str
    entries: tuple[Entry, ...]

    def on(self, day: date) -> tuple[Entry, ...]:
        """The entries that may be chosen on a day."""
        return tuple(e for e in self.entries if e.begins <= day <= e.ends)

    def label(self, code: str) -> str:
        """The label of a code, also of one that has ended; the code itself when unknown."""
        return next((e.label for e in self.entries if e.code == code), code)


code_lists: dict[str, CodeList] = {}


def code_list(code: str, *, title: str, source: str, entries: dict[str, str]) -> CodeList:
    """Register a list of code → label; a second of the same name is a programmer's error."""
    if code in code_lists:
        raise ValueError(f"two code lists are named {code}")
    made = CodeList(
        code=code, title=title, source=source, entries=tuple(Entry(code=c, label=t) for c, t in entries.items())
    )
    code_lists[code] = made
    return made
