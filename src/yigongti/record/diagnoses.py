"""Picking a diagnosis: the person's own conditions first, then the insurance edition of ICD-10, by name or initials.

What is kept is one text, "I10.x00 原发性高血压", or words without a code where none fits yet.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Mapping
from functools import cache
from importlib import resources

from yigongti.kernel.access.actor import Actor
from yigongti.kernel.finders import Choice, picker
from yigongti.kernel.language import phrase
from yigongti.kernel.pages.asking import row_number
from yigongti.kernel.refusal import BadValue, Refusal
from yigongti.record.measuring import ICD
from yigongti.record.queries import open_record, summary


MOST = 200

Line = tuple[str, str, str]


@cache
def catalogue() -> tuple[Line, ...]:
    """Code, title, initials: read once a process, at the first search."""
    packed = resources.files("yigongti.record").joinpath("data", "icd10.csv.gz").read_bytes()
    text = gzip.decompress(packed).decode()
    return tuple((row[0], row[1], row[2]) for row in csv.reader(io.StringIO(text)))


def matching(text: str, limit: int) -> list[Line]:
    """Lines whose title or initials begin with the text, then those that contain it; shorter titles first."""
    asked = text.strip().lower()
    if not asked:
        return []
    first = [line for line in catalogue() if line[1].startswith(text) or line[2].startswith(asked)
             or line[0].lower().startswith(asked)]  # fmt: skip
    if len(first) < limit:
        first += [line for line in catalogue() if text in line[1] and not line[1].startswith(text)]
    return sorted(first, key=lambda line: len(line[1]))[:limit]


def _own(for_: Actor, given: Mapping[str, str]) -> list[Choice]:
    resident = row_number(given.get("resident", ""))
    try:
        opened = open_record(for_=for_, resident_id=resident) if resident else None
    except Refusal:
        return []
    conditions = summary(for_=for_, opened=opened).conditions if opened else []
    return [Choice(value=kept(row.code, row.title), label=kept(row.code, row.title)) for row in conditions]


def kept(code: str, title: str) -> str:
    """A diagnosis as it is kept."""
    return f"{code} {title}".strip()


def parted(text: str) -> tuple[str, str]:
    """Code and words of a picked diagnosis; words without a code where they were typed freely."""
    code, _, words = text.strip().partition(" ")
    return (code, words.strip()) if words.strip() and ICD.fullmatch(code) else ("", text.strip())


def _find(*, for_: Actor, text: str, limit: int, given: Mapping[str, str] | None = None) -> list[Choice]:
    own = [c for c in _own(for_, given or {}) if text.strip() in c.label]
    listed = [Choice(value=kept(c, t), label=kept(c, t)) for c, t, _initials in matching(text, limit)]
    return [*own, *listed][:limit]


def _resolve(*, for_: Actor, value: str, given: Mapping[str, str] | None = None) -> str:
    if len(value) > MOST:
        raise BadValue(
            field="diagnosis", label="诊断", value=value[:20], problem=phrase("不能超过 {most} 个字", most=MOST)
        )
    return value.strip()


picker("diagnosis", find=_find, resolve=_resolve, label=str, hint="诊断名称、拼音首字母或编码")
