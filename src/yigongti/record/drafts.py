"""Drafts: what was typed, read and checked as a whole, so that every error is told at once; nothing here writes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from yigongti.kernel import clock
from yigongti.kernel.files.models import StoredFile
from yigongti.kernel.language import phrase
from yigongti.kernel.refusal import BadValue, Missing, Refusal, raise_all
from yigongti.record import measuring
from yigongti.record.classes import classes_in_words, strictest
from yigongti.record.models import Encounter, Entry, Observation
from yigongti.record.policy import kinds, special_classes
from yigongti.record.policy.series import SERIES
from yigongti.record.words import Kind


if TYPE_CHECKING:
    from yigongti.residents.models import Resident


T = TypeVar("T")
TITLE, TEXT, PART, REASON = 200, 20_000, 400, 400
CHANGEABLE = {"value", "title", "at", "until", "code", "text", "detail", "encounter_class", "sensitivity"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An entry before it is written; `measured` and `visit` are the columns of its typed part."""

    kind: str
    title: str
    at: datetime
    until: datetime | None = None
    system: str = ""
    code: str = ""
    text: str = ""
    sensitivity: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)
    correction_reason: str = ""
    withdrawn: bool = False
    measured: Mapping[str, Any] | None = None
    visit: Mapping[str, Any] | None = None

    def columns(self) -> dict[str, Any]:
        """The plain columns of the entry; its class is settled by whoever writes it."""
        names = ("kind", "title", "at", "until", "system", "code", "text", "correction_reason", "withdrawn")
        return {name: getattr(self, name) for name in names} | {"detail": dict(self.detail)}

    def same_as(self, old: Entry) -> bool:
        """Whether nothing but the reason differs from an entry."""
        columns = {name: part for name, part in self.columns().items() if name not in ("correction_reason", "detail")}
        plain = all(getattr(old, name) == part for name, part in columns.items())
        plain = plain and _without_typing(self.detail) == _without_typing(old.detail)
        typed = _same(self.measured, measured_part(old)) and _same(self.visit, visit_part(old))
        return plain and typed and (self.sensitivity or old.sensitivity) == old.sensitivity


def _without_typing(detail: Mapping[str, Any]) -> dict[str, Any]:
    """140/90 typed with a full-width slash is the same 140/90."""
    return {name: part for name, part in detail.items() if name != "typed"}


def _same(columns: Mapping[str, Any] | None, part: Observation | Encounter | None) -> bool:
    if columns is None or part is None:
        return columns is None and part is None
    return all(getattr(part, name) == value for name, value in columns.items())


def measured_part(old: Entry) -> Observation | None:
    """The typed part of an observation, if the platform computes with it."""
    return Observation.objects.filter(entry_id=old.pk).first() if old.kind == "observation" else None


def visit_part(old: Entry) -> Encounter | None:
    """The typed part of an encounter."""
    return Encounter.objects.filter(entry_id=old.pk).first() if old.kind == "encounter" else None


class Reading:
    """Reads field after field and keeps what is wrong with each, to be told together."""

    def __init__(self, person: Resident) -> None:
        self.person = person
        self.wrong: list[Refusal] = []

    def get(self, read: Callable[[], T], otherwise: T) -> T:
        """What `read` finds, or `otherwise` with the refusal kept."""
        try:
            return read()
        except Refusal as refusal:
            self.wrong.append(refusal)
            return otherwise

    def words(self, typed: str, *, name: str, label: str, most: int, required: bool = False) -> str:
        """A text of at most so many characters, blanks around it gone."""
        text = typed.strip().replace("\x00", "")
        if required and not text:
            self.wrong.append(Missing(field=name, label=label))
        if len(text) > most:
            problem = phrase("不能超过 {most} 个字，现有 {count} 个", most=most, count=len(text))
            self.wrong.append(BadValue(field=name, label=label, value=f"{text[:20]}…", problem=problem))
        return text

    def when(self, typed: str, *, label: str) -> datetime:
        """The time of the event; now when nothing was typed."""
        person, now = self.person, clock.now()
        said = typed if typed.strip() else now.isoformat()
        return self.get(
            lambda: measuring.moment(said, field="at", label=label, born=person.birth_date, died=person.died_on), now
        )

    def ends(self, typed: str, *, at: datetime, label: str, ahead: bool) -> datetime | None:
        """An end after the beginning, or none. A bare date means the end of that day."""
        if not typed.strip():
            return None
        found = self.get(
            lambda: measuring.moment(
                typed, field="until", label=label, born=self.person.birth_date, may_lie_ahead=ahead
            ),
            None,
        )
        if found and len(measuring.plain(typed)) <= len("2026-03-04"):
            found = datetime.combine(found.date(), time(23, 59, 59), tzinfo=clock.COUNTY_ZONE)
        if found and found < at:
            self.wrong.append(BadValue(field="until", label=label, value=typed.strip()[:40], problem="早于开始时间"))
        return found

    def secret(self, named: str, code: str, *, title: str = "") -> str:
        """The special class: by the code, else as the author names it, else by the obvious words of a diagnosis."""
        if named and named not in special_classes.BY_CODE:
            self.wrong.append(BadValue(field="sensitivity", label="保密类别", value=named[:40], problem="没有这个类别"))
        worded = "" if code or named else strictest(classes_in_words(title))
        return special_classes.class_of(code) or named or worded


def observation(person: Resident, *, series: str, value: str, at: str, note: str) -> Draft:
    """A measurement of a series that the platform computes with."""
    if series not in SERIES:
        raise BadValue(field="series", label="测量项目", value=series[:40], problem="没有这个项目")
    known, reading = SERIES[series], Reading(person)
    nothing: tuple[Decimal, ...] = ()
    numbers = reading.get(lambda: measuring.measured(known, value), nothing)
    when = reading.when(at, label=kinds.observation.when)
    text = reading.words(note, name="note", label="说明", most=TEXT)
    raise_all(reading.wrong)
    return Draft(
        kind="observation", system="series", code=series, title=known.title, at=when, text=text,
        detail={"typed": value.strip()},
        measured={
            "series": series, "value": numbers[0], "second_value": numbers[1] if known.paired else None,
            "unit": known.unit,
        },
    )  # fmt: skip


def encounter(
    person: Resident, *, encounter_class: str, title: str, at: str, until: str, code: str, text: str, sensitivity: str
) -> Draft:
    """A visit or a stay, with its main diagnosis."""
    reading = Reading(person)
    if encounter_class not in kinds.ENCOUNTER_CLASSES:
        reading.wrong.append(
            BadValue(field="encounter_class", label="就诊类别", value=encounter_class[:40], problem="请选择一类")
            if encounter_class
            else Missing(field="encounter_class", label="就诊类别")
        )
    made = _plain(
        reading, kinds.encounter, title=title, at=at, until=until, code=code, text=text, detail={},
        sensitivity=sensitivity,
    )  # fmt: skip
    return replace(made, visit={"encounter_class": encounter_class, "diagnosis_code": made.code})


def plain(
    person: Resident, *, kind: Kind, title: str, at: str, until: str, code: str, text: str, detail: Mapping[str, str],
    sensitivity: str,
) -> Draft:  # fmt: skip
    """An entry that the platform keeps but does not compute with."""
    return _plain(
        Reading(person), kind, title=title, at=at, until=until, code=code, text=text, detail=detail,
        sensitivity=sensitivity,
    )  # fmt: skip


def _plain(
    reading: Reading, kind: Kind, *, title: str, at: str, until: str, code: str, text: str,
    detail: Mapping[str, Any], sensitivity: str,
) -> Draft:  # fmt: skip
    when = reading.when(at, label=kind.when)
    diagnosed = kind.system == "icd10" or kind is kinds.encounter
    read_code = reading.get(lambda: measuring.icd10(code), "") if diagnosed else code.strip()[:40]
    parts = {
        part.name: reading.words(
            str(detail.get(part.name, "")), name=part.name, label=part.label, most=PART, required=part.required
        )
        for part in kind.parts
    }
    draft = Draft(
        kind=kind.code,
        system="icd10" if diagnosed and read_code else "",
        code=read_code,
        title=reading.words(title, name="title", label=kind.name, most=TITLE, required=True),
        at=when,
        until=reading.ends(until, at=when, label=kind.ends or "结束时间", ahead=kind.code == "medication"),
        text=reading.words(text, name="text", label=kind.text, most=TEXT, required=kind.text_required),
        sensitivity=reading.secret(sensitivity, read_code, title=title if diagnosed else ""),
        detail={**detail, **{name: part for name, part in parts.items() if part}},
    )
    raise_all(reading.wrong)
    return draft


def document(
    person: Resident, *, title: str, stored: StoredFile | None, name: str, at: str, text: str, sensitivity: str
) -> Draft:
    """A stored file with its title; the bytes are kept by their digest."""
    reading = Reading(person)
    if stored is None:
        reading.wrong.append(Missing(field="file", label="文件"))
    draft = _plain_parts(reading, title=title, at=at, text=text, sensitivity=sensitivity)
    raise_all(reading.wrong)
    assert stored is not None  # noqa: S101 - raise_all has just refused its absence
    kept = {"digest": stored.digest, "name": name[:200], "media_type": stored.media_type, "size": stored.size}
    return replace(draft, detail=kept)


def _plain_parts(reading: Reading, *, title: str, at: str, text: str, sensitivity: str) -> Draft:
    return Draft(
        kind="document",
        title=reading.words(title, name="title", label=kinds.document.name, most=TITLE, required=True),
        at=reading.when(at, label=kinds.document.when),
        text=reading.words(text, name="text", label=kinds.document.text, most=TEXT),
        sensitivity=reading.secret(sensitivity, ""),
    )


def corrected(person: Resident, old: Entry, *, reason: str, changes: Mapping[str, Any]) -> Draft:
    """The next version of an entry: what is not changed stays as it is."""
    unknown = set(changes) - CHANGEABLE
    if unknown:
        raise BadValue(field="changes", label="更正内容", value="、".join(sorted(unknown)), problem="不能更正这一项")
    reading = Reading(person)
    why = reading.words(reason, name="reason", label="更正原因", most=REASON, required=True)
    draft = reading.get(lambda: _redrafted(person, old, changes), standing(old))
    raise_all(_flat(reading.wrong))
    return replace(draft, correction_reason=why)


def _flat(refusals: list[Refusal]) -> list[Refusal]:
    """A refusal that holds several, opened up, so that the reason's own stands beside them."""
    return [one for refusal in refusals for one in getattr(refusal, "all", (refusal,))]


def _redrafted(person: Resident, old: Entry, changes: Mapping[str, Any]) -> Draft:
    said = as_typed(old) | dict(changes)
    if measured_part(old):
        made = observation(person, series=old.code, value=said["value"], at=said["at"], note=said["text"])
        return replace(made, detail={**old.detail, **(made.detail if "value" in changes else {})})
    common = {name: said[name] for name in ("title", "at", "until", "code", "text", "sensitivity")}
    if old.kind == "encounter":
        made = encounter(person, encounter_class=said["encounter_class"], **common)
        return replace(made, detail=old.detail)
    made = plain(person, kind=kinds.KINDS[old.kind], detail={**old.detail, **changes.get("detail", {})}, **common)
    return replace(made, system=old.system) if made.code == old.code else made


def as_typed(old: Entry) -> dict[str, Any]:
    """An entry as its form would hold it, for a form that corrects it."""
    typed = {
        "title": old.title, "text": old.text, "code": old.code, "sensitivity": old.sensitivity,
        "at": old.at.astimezone(clock.COUNTY_ZONE).isoformat(),
        "until": old.until.astimezone(clock.COUNTY_ZONE).isoformat() if old.until else "",
    }  # fmt: skip
    measured, visit = measured_part(old), visit_part(old)
    if measured:
        numbers = [measured.value] + ([measured.second_value] if measured.second_value is not None else [])
        typed["value"] = "/".join(f"{number.normalize():f}" for number in numbers)
    if visit:
        typed["encounter_class"] = visit.encounter_class
    return typed


def standing(old: Entry) -> Draft:
    """An entry as it stands, without its typed part."""
    return Draft(
        kind=old.kind, title=old.title, at=old.at, until=old.until, system=old.system, code=old.code, text=old.text,
        sensitivity=old.sensitivity, detail=old.detail,
    )  # fmt: skip


def withdrawn(old: Entry, *, reason: str) -> Draft:
    """The last version of what was entered in error: the same words, no typed part, nothing computes with it."""
    if not reason.strip():
        raise Missing(field="reason", label="撤销原因")
    if len(reason.strip()) > REASON:
        raise BadValue(
            field="reason",
            label="撤销原因",
            value=f"{reason[:20]}…",
            problem=phrase("不能超过 {most} 个字", most=REASON),
        )
    return replace(standing(old), correction_reason=reason.strip(), withdrawn=True)
