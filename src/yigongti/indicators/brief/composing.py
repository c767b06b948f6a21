"""The first draft of a brief: its outline, filled with what is published, each figure as a slot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from yigongti.indicators import catalogue, drawn
from yigongti.indicators.brief.words import Outline, Section
from yigongti.indicators.models import FrozenCell
from yigongti.indicators.policy.briefs import OUTLINES
from yigongti.indicators.queries.cells import Cell
from yigongti.indicators.queries.frozen import frozen, published
from yigongti.indicators.queries.places import Place, Places
from yigongti.indicators.targets import Targets
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.measures.periods import Period
from yigongti.kernel.measures.words import Growth


NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A text and the frozen figures behind its slots: by number, the figure and the one a year before."""

    title: str
    text: str
    figures: Mapping[int, tuple[int, int | None]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Found:
    """A published figure that may be told, and the one a year before."""

    cell: Cell
    pk: int
    before: int | None
    has_target: bool


def draft(*, for_: Actor, kind: str, level: str, place: Place, period: Period, seen: Places) -> Draft:
    """What may be said of the place and period today; without a figure where nothing is published."""
    outline = OUTLINES[kind]
    codes = [code for section in outline.sections for code in section.codes if catalogue.named(code)]
    found = _found(for_, list(dict.fromkeys(codes)), level, place, period, seen)
    named = {"place": place.name, "period": drawn.said_period(period)}
    numbers = {code: n for n, code in enumerate(found, start=1)}
    lines = [outline.opening.format(**named), *_sections(outline, found, numbers), outline.closing]
    return Draft(
        title=outline.title.format(**named), text="\n\n".join(line for line in lines if line),
        figures={numbers[code]: (one.pk, one.before) for code, one in found.items()},
    )  # fmt: skip


def _found(
    actor: Actor, codes: Sequence[str], level: str, place: Place, period: Period, seen: Places
) -> dict[str, Found]:
    """Those that are published and may be shown to everybody, in the order of the outline."""
    asked = [period, period.year_before]
    ids = published(for_=actor, indicators=codes, level=level, places_=[place.id], periods=asked)
    cells = frozen(for_=actor, ids=list(ids.values()), seen=seen)
    targets, small = Targets(codes), few(ids.values())
    found = {}
    for code in codes:
        pk = ids.get((code, place.id, period.code))
        cell = cells.get(pk) if pk else None
        if pk and cell and cell.shown and pk not in small:
            earlier = ids.get((code, place.id, period.year_before.code))
            found[code] = Found(cell=cell, pk=pk, before=earlier, has_target=targets.of(cell) is not None)
    return found


def few(ids: Iterable[int]) -> set[int]:
    """Those behind which too few people stand. A paper is read by everybody, whoever writes it: it tells none."""
    return set(FrozenCell.objects.filter(pk__in=list(ids), small=True).values_list("pk", flat=True))


def _sections(outline: Outline, found: Mapping[str, Found], numbers: Mapping[str, int]) -> Iterator[str]:
    """Those of which something is published, counted anew: a paper does not begin with its second part."""
    counted = iter(NUMERALS)
    for section in outline.sections:
        told = list(dict.fromkeys(code for code in section.codes if code in found))
        if told:
            yield f"{next(counted)}、{section.heading.partition('、')[2]}"
            yield _told(section, [(found[code], numbers[code]) for code in told])


def _told(section: Section, figures: Sequence[tuple[Found, int]]) -> str:
    return "".join(f"{sentence(one.cell, n, earlier=one.before is not None, target=one.has_target)}"
                   for one, n in figures)  # fmt: skip


def sentence(cell: Cell, number: int, *, earlier: bool, target: bool) -> str:
    """One figure with what it is compared with: 县域就诊率【1】，【1比】，【1标】。"""
    parts = [f"{cell.indicator.title}【{number}】"]
    parts += [f"【{number}比】"] if earlier and not isinstance(cell.indicator.figure, Growth) else []
    parts += [f"【{number}标】"] if target else []
    return f"{'，'.join(parts)}。"
