"""Births and deaths as they were told: flat, clean values; and all that keeps one from being taken in, by name."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from functools import cache, partial
from itertools import chain
from typing import Any

from yigongti.kernel import clock
from yigongti.kernel.language import phrase
from yigongti.kernel.parameters import values
from yigongti.kernel.refusal import BadValue, Missing, Refusal
from yigongti.publichealth.models import BIRTH_PLACES, DEATH_PLACES, HOW_KNOWN, OUTCOMES, SEXES


EARLIEST_YEAR = 1900
ICD10 = re.compile(r"[A-Z]\d\d(\.[0-9A-Za-z+*]+)?")
LONGEST = {
    "number": 60, "name": 100, "id_card": 40, "mother_name": 100, "mother_id_card": 40, "newborn_name": 100,
    "newborn_id_card": 40, "institution_name": 200, "underlying_code": 20, "underlying_name": 200, "certifier": 120,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldBirth:
    """A birth as certified. `number` is that of the birth certificate; of a still birth that of its report.

    `mother_id`, `newborn_id` and `institution_id` are our matches or None; names and papers are kept as sent.
    """

    number: str
    born_at: datetime
    sex: str
    place: str
    outcome: str = "live"
    weight: int | None = None
    weeks: int | None = None
    plurality: int = 1
    mother_id: int | None = None
    mother_name: str = ""
    mother_id_card: str = ""
    newborn_id: int | None = None
    newborn_name: str = ""
    newborn_id_card: str = ""
    institution_id: int | None = None
    institution_name: str = ""
    cancelled: bool = False
    detail: Mapping[str, Any] = field(default_factory=dict)
    numbering: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldDeath:
    """A death as certified. `number` is that of the death certificate; the person is matched or as sent.

    `chain` are the causes I (a) to (d) and II in their order, each (ICD-10 code, name, interval); `underlying_code`
    is the coder's underlying cause, '' until it is coded.
    """

    number: str
    died_on: date
    sex: str
    resident_id: int | None = None
    name: str = ""
    id_card: str = ""
    born_on: date | None = None
    place: str = ""
    institution_id: int | None = None
    institution_name: str = ""
    underlying_code: str = ""
    underlying_name: str = ""
    chain: tuple[tuple[str, str, str], ...] = ()
    certifier: str = ""
    how_known: str = ""
    cancelled: bool = False
    detail: Mapping[str, Any] = field(default_factory=dict)
    numbering: str = ""


BIRTH_MATCHES = ("mother_id", "newborn_id", "institution_id")
DEATH_MATCHES = ("resident_id", "institution_id")


def birth_columns(told: ToldBirth) -> dict[str, Any]:
    """The row's columns."""
    same = ("born_at", "sex", "place", "outcome", "weight", "weeks", "plurality", "cancelled", *BIRTH_MATCHES)
    return {name: getattr(told, name) for name in same} | {
        "mother_name_told": told.mother_name, "mother_id_card_told": told.mother_id_card,
        "newborn_name_told": told.newborn_name, "newborn_id_card_told": told.newborn_id_card,
        "institution_name_told": told.institution_name, "detail": dict(told.detail), "contradiction": "",
    }  # fmt: skip


def death_columns(told: ToldDeath) -> dict[str, Any]:
    """The row's columns; it has done nothing yet."""
    same = ("died_on", "sex", "born_on", "place", "underlying_code", "underlying_name", "certifier", "how_known",
            "cancelled", *DEATH_MATCHES)  # fmt: skip
    return {name: getattr(told, name) for name in same} | {
        "name_told": told.name, "id_card_told": told.id_card, "institution_name_told": told.institution_name,
        "chain": [list(one) for one in told.chain], "detail": dict(told.detail), "effect": "none",
        "contradiction": "", "decided_at": None, "decided_by_id": None, "decision_note": "",
    }  # fmt: skip


Check = Callable[[Any], Iterator[Refusal]]


def wrong_birth(told: ToldBirth) -> Iterator[Refusal]:
    """Everything that is wrong with a birth."""
    return chain.from_iterable(check(told) for check in birth_checks())


def wrong_death(told: ToldDeath) -> Iterator[Refusal]:
    """Everything that is wrong with a death."""
    return chain.from_iterable(check(told) for check in death_checks())


@cache
def birth_checks() -> tuple[Check, ...]:
    """All that may be wrong with a birth, each asked by itself: of one read in part, what can be asked is."""
    coded = (("sex", "性别", SEXES), ("place", "出生地点", BIRTH_PLACES), ("outcome", "出生结局", OUTCOMES))
    return (
        *_texts(ToldBirth), *(partial(_coded, *one) for one in coded),
        _born_by_now, _heavy_enough, _weeks_enough, _counted, _still_without_papers, _not_its_mother,
    )  # fmt: skip


@cache
def death_checks() -> tuple[Check, ...]:
    """The same of a death."""
    coded = (("sex", "性别", SEXES), ("place", "死亡地点", DEATH_PLACES), ("how_known", "诊断依据", HOW_KNOWN))
    return (
        *_texts(ToldDeath), *(partial(_coded, *one) for one in coded),
        _of_somebody, _dead_by_now, _died_after_birth, _underlying, _causes,
    )  # fmt: skip


def _texts(of: type[ToldBirth | ToldDeath]) -> Iterator[Check]:
    yield _numbered
    known = {one.name for one in fields(of)}
    yield from (partial(_short, name, most) for name, most in LONGEST.items() if name in known)


def _numbered(told: ToldBirth | ToldDeath) -> Iterator[Refusal]:
    if not told.number.strip():
        yield Missing(field="number", label="证明编号")


def _short(name: str, most: int, told: ToldBirth | ToldDeath) -> Iterator[Refusal]:
    if len(getattr(told, name)) > most:
        problem = phrase("超过 {most} 个字", most=most)
        yield BadValue(field=name, label="送来的文字", value=getattr(told, name)[:40], problem=problem)


def _coded(name: str, label: str, known: Container[str], told: ToldBirth | ToldDeath) -> Iterator[Refusal]:
    if getattr(told, name) not in known:
        yield BadValue(field=name, label=label, value=getattr(told, name)[:40], problem="没有这一类")


def _born_by_now(told: ToldBirth) -> Iterator[Refusal]:
    if told.born_at > clock.now():
        yield BadValue(field="born_at", label="出生时间", value=told.born_at, problem="在今天之后")
    if told.born_at.year < EARLIEST_YEAR:
        problem = phrase("早于 {year} 年", year=EARLIEST_YEAR)
        yield BadValue(field="born_at", label="出生时间", value=told.born_at, problem=problem)


def _heavy_enough(told: ToldBirth) -> Iterator[Refusal]:
    least, greatest = (values.number(f"publichealth.{name}_birth_weight") for name in ("least", "greatest"))
    if told.weight is not None and not least <= told.weight <= greatest:
        problem = phrase("应在 {least} 至 {greatest} 克之间", least=least, greatest=greatest)
        yield BadValue(field="weight", label="出生体重", value=told.weight, problem=problem)


def _weeks_enough(told: ToldBirth) -> Iterator[Refusal]:
    if told.weeks is not None and not 16 <= told.weeks <= 46:
        yield BadValue(field="weeks", label="孕周", value=told.weeks, problem="应在 16 至 46 周之间")


def _counted(told: ToldBirth) -> Iterator[Refusal]:
    if not 1 <= told.plurality <= 9:
        yield BadValue(field="plurality", label="胎数", value=told.plurality, problem="应在 1 至 9 之间")


def _still_without_papers(told: ToldBirth) -> Iterator[Refusal]:
    if told.outcome == "still" and (told.newborn_id or told.newborn_id_card):
        yield BadValue(field="outcome", label="出生结局", value=told.number, problem="死胎死产没有新生儿的证件")


def _not_its_mother(told: ToldBirth) -> Iterator[Refusal]:
    if told.newborn_id and told.newborn_id == told.mother_id:
        yield BadValue(field="newborn_id", label="新生儿", value=told.newborn_name, problem="不能与母亲是同一人")


def _of_somebody(told: ToldDeath) -> Iterator[Refusal]:
    if told.resident_id is None and not told.name.strip():
        yield Missing(field="name", label="死者姓名")


def _dead_by_now(told: ToldDeath) -> Iterator[Refusal]:
    if told.died_on > clock.today():
        yield BadValue(field="died_on", label="死亡日期", value=told.died_on, problem="在今天之后")


def _died_after_birth(told: ToldDeath) -> Iterator[Refusal]:
    if told.born_on and told.born_on > told.died_on:
        yield BadValue(field="died_on", label="死亡日期", value=told.died_on, problem="早于出生日期")


def _underlying(told: ToldDeath) -> Iterator[Refusal]:
    return _icd10("underlying_code", told.underlying_code)


def _causes(told: ToldDeath) -> Iterator[Refusal]:
    for n, (code, *_) in enumerate(told.chain):
        yield from _icd10(f"chain.{n}", code)


def _icd10(name: str, code: str) -> Iterator[Refusal]:
    if code and not ICD10.fullmatch(code):
        yield BadValue(field=name, label="死因编码", value=code[:40], problem="不是 ICD-10 编码")
