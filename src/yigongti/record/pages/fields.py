"""The fields of the record's forms, with what was typed and what was wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from yigongti.kernel import clock
from yigongti.kernel.finders import pickers
from yigongti.kernel.language import say
from yigongti.kernel.pages.parts import Field, FieldKind, Option
from yigongti.record.diagnoses import parted
from yigongti.record.policy.kinds import ENCOUNTER_CLASSES, KINDS, document, encounter, observation
from yigongti.record.policy.series import SERIES
from yigongti.record.policy.special_classes import CLASSES
from yigongti.record.queries import Row, said_value
from yigongti.record.words import Kind, Series


@dataclass(frozen=True, kw_only=True)
class Ask:
    """Makes fields: each keeps what was typed and carries its own errors."""

    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, list[str]] = field(default_factory=dict)

    def one(self, name: str, label: str, kind: FieldKind = "text", *, value: str = "", **more: Any) -> Field:
        """A field; `value` is what it holds before anything was typed."""
        return Field(
            name=name, label=say(label), kind=kind, value=self.typed.get(name, value),
            error=" ".join(self.errors.get(name, ())), **more,
        )  # fmt: skip

    def area(self, name: str, label: str, *, required: bool = True, help_: str = "") -> Field:
        """A box for several lines."""
        return self.one(name, label, "textarea", required=required, help=say(help_) if help_ else "")

    def diagnosis(self, name: str, label: str, *, required: bool, help_: str) -> Field:
        """Searched by name, pinyin initials or code; words that nothing answers to stay as they were typed."""
        typed = self.typed.get(name, "")
        return self.one(
            name, label, "picker", required=required, help=say(help_), text=typed, url="/pick/diagnosis",
            placeholder=say(pickers["diagnosis"].hint),
        )  # fmt: skip

    def when(self, label: str) -> Field:
        """The time of the event: now, unless told."""
        return self.one("at", label, "datetime", value=f"{clock.now():%Y-%m-%dT%H:%M}")

    def secret(self) -> Field:
        """The special class, where the code does not say it."""
        choices = [
            Option(value="", label=say("按诊断编码自动判断")),
            *(Option(value=c.code, label=say(c.title)) for c in CLASSES),
        ]
        return self.one(
            "sensitivity", "保密类别", "select", required=False, options=choices,
            help=say("选了就只有有权查阅这一类的人能看到这条记录。"),
        )  # fmt: skip


def observing(ask: Ask, series: Series) -> list[Field]:
    """One box for each number, then when and what else."""
    names = ("value", "second")
    boxes = [
        ask.one(name, f"{say(measure.title)}（{series.unit}）", inputmode="decimal")
        for name, measure in zip(names, series.measures, strict=False)
    ]
    return [*boxes, ask.when(observation.when), ask.area("note", "说明", required=False)]


def encounter_fields(ask: Ask) -> list[Field]:
    """A visit: its class, what it was about, its times and its main diagnosis."""
    classes = [Option(value=code, label=say(title)) for code, title in ENCOUNTER_CLASSES.items()]
    return [
        ask.one("encounter_class", "就诊类别", "cards", options=classes),
        ask.one("title", encounter.name, help=say("一句话：为什么来，主要诊断。")),
        ask.diagnosis("code", "主要诊断", required=False, help_="挑选后只存编码；也可直接填 ICD-10 编码"),
        ask.when(encounter.when),
        ask.one("until", encounter.ends, "datetime", required=False),
        ask.area("text", encounter.text, required=False),
        ask.secret(),
    ]


def entry_fields(ask: Ask, kind: Kind) -> list[Field]:
    """What the kind's page asks."""
    diagnosed = kind.system == "icd10"
    fields = [ask.diagnosis("title", kind.name, required=True, help_="挑选即带编码；没有合适的，可直接填写")
              if diagnosed else ask.one("title", kind.name)]  # fmt: skip
    if diagnosed:
        fields.append(ask.one("code", "诊断编码", required=False, help=say("ICD-10，如 I10")))
    fields += [ask.one(part.name, part.label, required=part.required) for part in kind.parts]
    fields.append(ask.when(kind.when))
    if kind.ends:
        fields.append(ask.one("until", kind.ends, "datetime", required=False))
    return [*fields, ask.area("text", kind.text, required=kind.text_required), ask.secret()]


def file_fields(ask: Ask) -> list[Field]:
    """A file and what it is."""
    return [
        ask.one("file", "文件", "file", accept="application/pdf,image/jpeg,image/png,text/plain"),
        ask.one("title", document.name),
        ask.when(document.when),
        ask.area("text", document.text, required=False),
        ask.secret(),
    ]


def correction_fields(ask: Ask, row: Row) -> list[Field]:
    """The entry's own form, filled as it stands, and the reason."""
    return [*_own_fields(ask, row), ask.area("reason", "更正原因")]


def _own_fields(ask: Ask, row: Row) -> list[Field]:
    if row.series in SERIES:
        return observing(ask, SERIES[row.series])
    if row.kind == "encounter":
        return encounter_fields(ask)
    return entry_fields(ask, KINDS[row.kind])


def picked(posted: Mapping[str, str], kind: str) -> dict[str, str]:
    """What was posted, each picked diagnosis as its code and its words; what was typed freely stays."""
    said = dict(posted)
    for name in ("title", "code"):
        typed = said.pop(f"{name}_text", "")
        if typed:  # a pick writes the same words; without scripts only these are changed
            said[name] = typed
    searched = "title" if kind == "condition" else "code"
    code, words = parted(said.get(searched, ""))
    if code:
        said |= {"code": code, "title": words} if searched == "title" else {"code": code}
    return said


def as_typed(row: Row) -> dict[str, str]:
    """An entry as its form would hold it."""
    typed = {
        "title": row.title, "code": row.code, "text": row.text, "note": row.text, "sensitivity": row.sensitivity,
        "at": _local(row.at), "until": _local(row.until), "encounter_class": row.encounter_class or "",
    }  # fmt: skip
    if row.value is not None:
        typed |= {
            "value": said_value(row.value),
            "second": "" if row.second_value is None else said_value(row.second_value),
        }
    return typed | {part.name: str(row.detail.get(part.name, "")) for part in KINDS[row.kind].parts}


def _local(moment: Any) -> str:
    return f"{moment.astimezone(clock.COUNTY_ZONE):%Y-%m-%dT%H:%M}" if moment else ""


def changes(row: Row, posted: Mapping[str, str]) -> dict[str, Any]:
    """What a posted form changes: fields that stand as they stood are left out, seconds and all."""
    before = as_typed(row)
    changed = {name: posted[name] for name in before if name in posted and posted[name] != before[name]}
    if "value" in changed or "second" in changed:
        first, second = posted.get("value", ""), posted.get("second", "").strip()
        changed["value"] = f"{first}/{second}" if second else first
    changed.pop("second", None)
    if "note" in changed:
        changed["text"] = changed.pop("note")
    parts = {part.name: changed.pop(part.name) for part in KINDS[row.kind].parts if part.name in changed}
    return changed | ({"detail": parts} if parts else {})
