"""SMART scopes of a system: which types a client may read, search and write, whatever its institution may see."""

from __future__ import annotations

import re
from dataclasses import dataclass

from yigongti.exchange.fhir_r4.definitions import resource_kinds
from yigongti.kernel.refusal import BadValue


ALL = "*"
LETTERS = "cruds"
OLD = {"read": "rs", "write": "cud", "*": LETTERS}
"""How the first version of SMART said it."""
FORM = re.compile(r"system/(\*|[A-Z][A-Za-z]+)\.(read|write|\*|c?r?u?d?s?)")


@dataclass(frozen=True, slots=True)
class Scopes:
    """Type → letters of what is granted: create, read, update, delete, search."""

    granted: tuple[tuple[str, str], ...]

    def allow(self, kind: str, letter: str) -> bool:
        """Whether one of the scopes grants it."""
        return any(letter in letters and name in (ALL, kind) for name, letters in self.granted)

    def kinds(self, letter: str) -> frozenset[str] | None:
        """The types for which it is granted; None for every type."""
        names = {name for name, letters in self.granted if letter in letters}
        return None if ALL in names else frozenset(names)

    def __str__(self) -> str:
        return " ".join(f"system/{name}.{letters}" for name, letters in self.granted)


def scopes_of(text: str) -> Scopes:
    """As written, parted by spaces. Raises BadValue for one that means nothing."""
    found = []
    for word in text.split():
        read = FORM.fullmatch(word)
        if read is None or not read[2] or (read[1] != ALL and read[1] not in resource_kinds()):
            raise BadValue(field="scopes", label="范围", value=word[:60], problem="写作 system/Patient.rs 这样")
        found.append((read[1], OLD.get(read[2], read[2])))
    if not found:
        raise BadValue(field="scopes", label="范围", value=text[:60], problem="写作 system/Patient.rs 这样")
    return Scopes(tuple(dict.fromkeys(found)))


def narrowed(granted: Scopes, asked: Scopes) -> Scopes | None:
    """What is both granted and asked for; None where that is nothing."""
    both = [
        (name, "".join(letter for letter in letters if granted.allow(name, letter))) for name, letters in asked.granted
    ]
    kept = tuple((name, letters) for name, letters in both if letters)
    return Scopes(kept) if kept else None
