"""How entries are said on screens: the kind as a word and an icon, the value with its unit, the place as a lane."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import cast

from yigongti.kernel.language import say
from yigongti.kernel.pages.drawing import Series as Course
from yigongti.kernel.pages.parts import Entry, Lane, State
from yigongti.record.policy.kinds import ENCOUNTER_CLASSES, KINDS, SOURCES
from yigongti.record.policy.series import SERIES
from yigongti.record.policy.special_classes import BY_CODE
from yigongti.record.queries import Opened, Point, Result, said_value
from yigongti.record.queries import Row as Read
from yigongti.record.targets import Target, targets_of
from yigongti.record.words import Part, Series


LINE = 80  # characters of a text that the timeline shows; the rest is one click away and the line says so


def title_of(row: Read) -> str:
    """The entry in one line: 血压 138/86 mmHg; 住院 肺炎."""
    if row.value is not None:
        name = say(SERIES[row.series].title) if row.series in SERIES else row.title
        return f"{name} {said_value(row.value, row.second_value)} {row.unit}"
    if row.encounter_class:
        return f"{say(ENCOUNTER_CLASSES[row.encounter_class])} {row.title}"
    return row.title


def detail_of(row: Read) -> str:
    """What stands below the title: named parts, then the text, cut with a mark."""
    kind = KINDS[row.kind]
    parts = [said_part(part, row.detail[part.name]) for part in kind.parts if row.detail.get(part.name)]
    text = " ".join(row.text.split())
    cut = f"{text[:LINE]}…" if len(text) > LINE else text
    return "；".join(part for part in [*parts, cut] if part)


def said_part(part: Part, value: object) -> str:
    """A named detail in words: its code's where it is a code."""
    return say(part.words[str(value)]) if str(value) in part.words else str(value)


def source_of(row: Read) -> str:
    """Where the entry came from, in words where they are known; after a colon the number it bears there."""
    name, _, number = row.source.partition(":")
    return f"{say(SOURCES.get(name, name))} {number}".rstrip()


def place_of(row: Read) -> str:
    """Institution and department."""
    return f"{row.institution} {row.department}" if row.department else row.institution


def marks_of(row: Read) -> State | None:
    """Withdrawn, corrected, or of a special class: what a reader of the row must know."""
    words = []
    if row.sensitivity:
        words.append(say("保密：{title}", title=say(BY_CODE[row.sensitivity].title)))
    if row.withdrawn:
        words.append(say("已撤销"))
    elif row.version > 1:
        words.append(say("已更正，第 {n} 版", n=row.version))
    if not words:
        return None
    return State(word=" · ".join(words), kind="closed" if row.withdrawn else "active")


def on_timeline(row: Read) -> Entry:
    """An entry in the lane of the place where it happened."""
    kind = KINDS[row.kind]
    return Entry(
        title=title_of(row),
        at=row.at,
        lane=cast(Lane, row.level),  # the check constraint of institutions holds the same four words
        icon=kind.icon,
        kind_word=say(kind.title),
        unit=place_of(row),
        author=" · ".join(part for part in (row.author, source_of(row)) if part),
        detail=detail_of(row),
        href=f"/record/entries/{row.id}",
        picture=f"/record/entries/{row.id}/preview" if row.detail.get("preview") else "",
        state=marks_of(row),
    )


def courses(series: Series, points: Sequence[Point], opened: Opened) -> list[Course]:
    """The lines of a chart with their target bands; two for blood pressure."""
    person = opened.resident
    day = points[-1].at.date() if points else person.birth_date
    targets = targets_of(series, born=person.birth_date, managed=frozenset(person.chronic), on=day)
    picked = [[(p.at, p.value) for p in points], [(p.at, p.second_value) for p in points if p.second_value is not None]]
    whole = said_target(targets)
    return [
        Course(
            label=say(measure.title),
            unit=series.unit,
            points=values,
            low=_float(target.low),
            high=_float(target.greatest(series.places)),
            target=whole if place == 0 else "",
        )
        for place, (measure, target, values) in enumerate(zip(series.measures, targets, picked, strict=False))
    ]


def said_target(targets: Sequence[Target]) -> str:
    """As the standards write it: <150/90, <7.0, 3.9–<7.0, ≥95; said once for the pair."""
    lows = [_edge(one.low) for one in targets if one.low is not None]
    below = [_edge(one.below) for one in targets if one.below is not None]
    low, high = "/".join(lows), f"<{'/'.join(below)}" if below else ""
    return f"{low}–{high}" if low and high else f"≥{low}" if low else high


def _edge(number: Decimal) -> str:
    """The limit as the parameter writes it, with one decimal where it is of the kind that has one."""
    return f"{number:f}"


def _float(edge: Decimal | None) -> float | None:
    return None if edge is None else float(edge)


def result_state(result: Result) -> State | None:
    """偏高 or 偏低 against the target: a fact to notice, not yet harm, hence the shape of "soon" with its word."""
    return State(word=result.off_target, kind="soon") if result.off_target else None
