"""What a slot says: the figure with its unit, its parts, its change since a year before, how it stands to its target.

Whoever shows a brief — screen, paper, Word, a program — asks here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from yigongti.indicators import drawn
from yigongti.indicators.brief.words import Paragraph, Slot, Typed, paragraphs
from yigongti.indicators.queries.cells import Cell
from yigongti.indicators.targets import Held, Targets, standing
from yigongti.kernel.language import say
from yigongti.kernel.measures.words import Growth


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure of a brief by its number there: as frozen, a year before, and what it is held against."""

    number: int
    cell: Cell
    before: Cell | None
    held: Held | None
    in_force: bool = True

    @property
    def href(self) -> str:
        """Where its definition and its rows are."""
        cell = self.cell
        look = {"place": cell.place.id, "level": cell.level, "period": cell.period.code}
        return f"/figures/{cell.indicator.code}?{urlencode(look)}"

    @property
    def named(self) -> str:
        """Which figure it is: indicator, place, period."""
        cell = self.cell
        return f"{say(cell.indicator.title)} · {cell.place.name} · {drawn.said_period(cell.period)}"


@dataclass(frozen=True, kw_only=True)
class Said:
    """A piece of a paragraph: words; a figure with where it leads and what it is; or a typed number, marked."""

    text: str
    href: str = ""
    title: str = ""
    typed: bool = False


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """A paragraph as it is read."""

    heading: bool
    pieces: Sequence[Said]

    @property
    def text(self) -> str:
        """Without its links."""
        return "".join(f"{one.text}*" if one.typed else one.text for one in self.pieces)


def spoken(text: str, figures: Mapping[int, Figure]) -> list[Spoken]:
    """The whole text."""
    titles = {one.cell.indicator.title for one in figures.values()}
    return [_paragraph(one, figures) for one in paragraphs(text, titles)]


def _paragraph(one: Paragraph, figures: Mapping[int, Figure]) -> Spoken:
    return Spoken(heading=one.heading, pieces=[_piece(piece, figures) for piece in one.pieces])


def _piece(piece: str | Slot | Typed, figures: Mapping[int, Figure]) -> Said:
    if isinstance(piece, str):
        return Said(text=piece)
    if isinstance(piece, Typed):
        return Said(text=piece.text, typed=True)
    figure = figures.get(piece.number)
    if figure is None:
        return Said(text=str(piece))
    return Said(text=aspect(figure, piece.aspect), href=figure.href, title=figure.named)


def aspect(figure: Figure, which: str) -> str:
    """One aspect of a figure in words."""
    if figure.cell.value is None:
        return drawn.value_of(figure.cell)
    if which == "数":
        return drawn.n_of(figure.cell) or drawn.counted(figure.cell.n)
    if which == "比":
        return change(figure.cell, figure.before)
    if which == "标":
        return against(figure.cell, figure.held)
    return drawn.with_unit(figure.cell.value, figure.cell.indicator)


def change(cell: Cell, before: Cell | None) -> str:
    """Against the same period of the year before, in the figure's own unit; a growth is that comparison itself."""
    if isinstance(cell.indicator.figure, Growth):
        return ""
    if before is None or before.value is None or cell.value is None:
        return say("上年同期没有已发布的数字")
    difference = cell.value - before.value
    if not difference:
        return say("与上年同期持平")
    indicator = cell.indicator
    unit = {"%": say("个百分点"), "‰": say("个千分点")}.get(indicator.unit, drawn.unit_of(indicator))
    told = f"{drawn.number(abs(difference), indicator.digits)} {unit}".strip()
    return say("比上年同期上升 {by}", by=told) if difference > 0 else say("比上年同期下降 {by}", by=told)


def against(cell: Cell, held: Held | None) -> str:
    """Met or not, against which target, and whose it is."""
    if held is None:
        return say("没有设目标")
    target = drawn.target_words(replace(held, scope=""), cell.indicator)
    told = {"target": target, "whose": say(held.scope) if held.scope else held.source}
    word = standing(cell, held)
    if word == "met":
        return say("达到目标（{target}，{whose}）", **told)
    if word == "near":
        return say("与目标（{target}，{whose}）的差距在误差内", **told)
    return say("未达到目标（{target}，{whose}）", **told)


def held_by(cells: Sequence[Cell]) -> dict[str, Held | None]:
    """What figures are held against, by indicator, place and period."""
    targets = Targets({one.indicator.code for one in cells})
    return {key_of(one): targets.of(one) for one in cells}


def key_of(cell: Cell) -> str:
    """A figure's key as text."""
    return f"{cell.indicator.code}|{cell.level}|{cell.place.id}|{cell.period.code}"
