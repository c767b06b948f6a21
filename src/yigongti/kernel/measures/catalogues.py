"""Catalogues of figures as chapters sign them: what the boot checks, the book prints and a province counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from yigongti.kernel.measures.completeness import Need
from yigongti.kernel.measures.words import Indicator, Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page that owners sign: its file's name, what stands at its head, its indicators in order."""

    name: str
    about: str
    indicators: tuple[Indicator, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """Pages with what they need; the sets of those above by their numbers; targets; what is wrong with all of it.

    `spelled` says a selection in words.
    """

    pages: tuple[Page, ...]
    needs: Mapping[str, Need]
    sets: Mapping[str, Mapping[str, tuple[str, ...]]]
    targets: tuple[Mapping[str, str], ...]
    faults: Callable[[], Iterable[str]]
    spelled: Callable[[Selection], str]


signed: list[Catalogue] = []


def sign(catalogue: Catalogue) -> None:
    """Bring a catalogue, from the `apps.ready` of its chapter."""
    signed.append(catalogue)


def indicators() -> dict[str, Indicator]:
    """Every signed indicator by its code, in the order of the pages."""
    return {one.code: one for catalogue in signed for page in catalogue.pages for one in page.indicators}
