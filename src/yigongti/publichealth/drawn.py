"""Births and deaths as the parts draw them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.language import say
from yigongti.kernel.pages.parts import Cell, Column, Option, Row, State
from yigongti.kernel.pages.said import exact_date
from yigongti.kernel.versions import Version
from yigongti.publichealth.models import Birth, Death
from yigongti.publichealth.policy import codes
from yigongti.publichealth.queries import Asked
from yigongti.record.queries import classes_of_diagnosis
from yigongti.residents.queries.masked import Shown, masked_name


SEX = {"1": "男", "2": "女", "0": "未知", "9": "未说明"}
UNSAID = "没有送来，或按规定不在这里显示"
BIRTH_COLUMNS = ("证明编号", "出生时间", "性别", "体重（克）", "孕周", "母亲", "出生地点", "接生机构", "新生儿")
DEATH_COLUMNS = ("证明编号", "死亡日期", "死者", "死亡地点", "根本死因", "诊断依据", "出证", "对居民登记")
BIRTH_FILTERS = {"": "全部", "without": "新生儿还没有登记", "nobody": "母亲没有对到居民",
                 "against": "与居民登记有矛盾"}  # fmt: skip
DEATH_FILTERS = {"": "全部", "nobody": "没有对到居民", "waiting": "有矛盾，待核对", "applied": "已登记去世",
                 "uncoded": "根本死因还没有编码"}  # fmt: skip
YEARS = 3
KINDS: dict[str, Any] = {"waiting": "soon", "applied": "done", "same": "done"}


# --- lists


def filters(route: str, asked: Asked, known: Mapping[str, str]) -> list[tuple[str, list[Option]]]:
    """Chips of years and of states, each keeping the other."""
    this = clock.today().year
    years = {"": "全部年份", **{str(year): str(year) for year in range(this, this - YEARS, -1)}}
    held = {"year": str(asked.year or ""), "state": asked.state}
    return [
        (say(title), [_chip(route, held, name, code, word) for code, word in words.items()])
        for name, title, words in (("year", "年份", years), ("state", "状态", known))
    ]


def _chip(route: str, held: Mapping[str, str], name: str, code: str, word: str) -> Option:
    given = {key: value for key, value in {**held, name: code}.items() if value}
    href = f"{route}?{urlencode(given)}" if given else route
    return Option(value=code, label=say(word), current=held[name] == code, href=href)


def columns(labels: Sequence[str]) -> list[Column]:
    """The head of a list."""
    return [Column(label=say(label), numeric=label in ("体重（克）", "孕周")) for label in labels]


def birth_line(one: Birth, persons: Mapping[int, Shown], *, for_: Actor) -> Row:
    """A birth in its list, with the child or the way to register it."""
    first, *rest = birth_cells(one, persons, for_=for_)
    href = newborn_form(one, persons, for_=for_)
    last = Cell(text=say("登记新生儿"), href=href) if href else rest[-1]
    return Row(cells=[Cell(text=first, href=f"/publichealth/births/{one.pk}", state=standing(one)), *rest[:-1], last])


def birth_cells(one: Birth, persons: Mapping[int, Shown], *, for_: Actor) -> list[str]:
    """A birth in words, in the order of BIRTH_COLUMNS."""
    mother = said_person(persons.get(one.mother_id or 0), one.mother_name_told, for_=for_)
    return [
        one.number, exact_date(one.born_at), say(SEX[one.sex]), str(one.weight or ""), str(one.weeks or ""),
        "：".join(filter(None, (mother, say(one.contradiction)))),
        say(codes.birth_place.label(one.place)), place(one), child(one, persons, for_=for_),
    ]  # fmt: skip


def child(one: Birth, persons: Mapping[int, Shown], *, for_: Actor) -> str:
    """The child as registered, or that it is not."""
    if one.outcome == "still":
        return say(codes.birth_outcome.label("still"))
    shown = persons.get(one.newborn_id or 0)
    return f"{shown.name} {shown.born}" if shown else say("还没有登记")


def newborn_form(one: Birth, persons: Mapping[int, Shown], *, for_: Actor) -> str:
    """The form of registration, filled in, for who may register a child of this mother; '' for others."""
    mother = persons.get(one.mother_id or 0)
    open_ = one.outcome == "live" and not one.newborn_id and one.stands and not one.cancelled
    if not open_ or mother is None or mother.masked or not for_.may("residents.newborn"):
        return ""
    given = {"birth_certificate": one.number, "sex": one.sex, "name": one.newborn_name_told,
             "birth_date": one.born_at.astimezone(clock.COUNTY_ZONE).date().isoformat()}  # fmt: skip
    said = urlencode({name: value for name, value in given.items() if value})
    return f"/residents/{mother.resident}/newborn?{said}"


def death_line(one: Death, persons: Mapping[int, Shown], *, for_: Actor) -> Row:
    """A death in its list."""
    first, *rest = death_cells(one, persons, for_=for_)
    return Row(
        cells=[
            Cell(text=first, href=f"/publichealth/deaths/{one.pk}", state=standing(one)), *rest[:-1],
            Cell(text="", state=effect(one)),
        ]
    )  # fmt: skip


def death_cells(one: Death, persons: Mapping[int, Shown], *, for_: Actor) -> list[str]:
    """A death in words, in the order of DEATH_COLUMNS."""
    return [
        one.number, one.died_on.isoformat(), said_person(persons.get(one.resident_id or 0), one.name_told, for_=for_),
        f"{say(codes.death_place.label(one.place)) if one.place else ''} {place(one)}".strip(),
        cause(f"{one.underlying_code} {one.underlying_name}", for_=for_),
        say(codes.how_known.label(one.how_known)) if one.how_known else "", one.certifier, effect(one).word,
    ]  # fmt: skip


def said_person(shown: Shown | None, told: str, *, for_: Actor) -> str:
    """Who is matched as the reader may see them; who is not, masked, and that nobody was found."""
    if shown:
        return f"{shown.name} {say(shown.sex)} {shown.born}"
    return f"{masked_name(for_=for_, name=told)}（{say('没有对到居民')}）"


def place(one: Birth | Death) -> str:
    """Ours by our name, others as they were sent."""
    return str(one.institution) if one.institution else one.institution_name_told


def cause(said: str, *, for_: Actor) -> str:
    """A cause of death; one of a special class only to whom its gate is open, otherwise as if none had been sent."""
    text = said.strip()
    code, _, name = text.partition(" ")
    classes = {found for one in (text, name, code) for found in classes_of_diagnosis(one)}
    return text if text and classes <= set(for_.role.gates) else say(UNSAID)


def effect(one: Death) -> State:
    """What the certificate has done to the registration."""
    return State(word=say(codes.EFFECTS[one.effect]), kind=KINDS.get(one.effect, "closed"))


def standing(one: Any) -> State | None:
    """Withdrawn, replaced, cancelled by who issued it, or corrected."""
    if one.withdrawn_at:
        return State(word=say("已撤回"), kind="closed")
    if not one.stands:
        return State(word=say("旧版本"), kind="closed")
    if one.cancelled:
        return State(word=say("证明已作废"), kind="closed")
    return State(word=say("已更正，第 {n} 版", n=one.version), kind="active") if one.version > 1 else None


# --- one certificate


def birth_pairs(one: Birth, persons: Mapping[int, Shown], *, for_: Actor) -> list[tuple[str, str]]:
    """A birth field by field."""
    listed = list(zip(BIRTH_COLUMNS, birth_cells(one, persons, for_=for_), strict=True))
    more = [("出生结局", say(codes.birth_outcome.label(one.outcome))), ("胎数", str(one.plurality))]
    return [(say(label), value) for label, value in listed + more]


def death_pairs(one: Death, persons: Mapping[int, Shown], *, for_: Actor) -> list[tuple[str, str]]:
    """A death field by field."""
    listed = list(zip(DEATH_COLUMNS, death_cells(one, persons, for_=for_), strict=True))
    more = [("矛盾", say(one.contradiction)), ("核对的依据", one.decision_note)] if one.contradiction else []
    return [(say(label), value) for label, value in listed + more]


def chain_rows(one: Death, *, for_: Actor) -> list[Row]:
    """The causes in their order, from the direct one back to what began it."""
    found = [(cause(f"{code} {name}", for_=for_), interval) for code, name, interval in one.chain]
    return [Row(cells=[str(number), said, interval]) for number, (said, interval) in enumerate(found, 1)]


SOURCES = {"sheet": "表格导入", "table": "表格导入", "fhir": "FHIR"}
VERSION_COLUMNS = ("版本", "收进", "来源", "状态", "撤回的理由")


def version(one: Version, route: str) -> Row:
    """A version in the list of versions."""
    state = standing(one) or State(word=say("有效"), kind="done")
    first = Cell(text=say("第 {n} 版", n=one.version), href=f"{route}/{one.pk}")
    source, at = say(SOURCES.get(one.source, one.source)), exact_date(one.taken_in_at)
    return Row(cells=[first, at, source, Cell(text="", state=state), one.withdrawn_why])
