"""Residents as the parts draw them: a line of a list, a person's head, the fields of the forms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from yigongti.kernel import clock
from yigongti.kernel.language import say
from yigongti.kernel.pages.parts import Cell, Column, Field, Option, Row, State
from yigongti.kernel.pages.said import masked_id, masked_phone, said_age
from yigongti.organisations.queries import said_division
from yigongti.residents import labels
from yigongti.residents.models import Resident


COLUMNS = ("姓名", "性别", "年龄", "居住地址", "管理机构", "标识")

SHORT_FORM = ("id_card", "no_papers", "name", "sex", "birth_date", "phone", "phone_owner", "lives_address")
LONG_FORM = ("birth_estimated", "ethnicity", "lives_division", "insured_division", "register_division")
DIVISIONS = ("lives_division", "insured_division", "register_division")
CHECKS = ("no_papers", "birth_estimated")
CHOICES: dict[str, Mapping[str, str]] = {
    "sex": labels.SEX,
    "phone_owner": labels.PHONE_OWNER,
    "ethnicity": labels.ETHNICITY,
}
HELP = {
    "id_card": "18 位或旧 15 位；出生日期和性别由证件号带出",
    "no_papers": "新生儿、无户口等：系统给临时编号，补办后再填",
    "birth_date": "例如 1958-03-04；有身份证的可不填",
    "sex": "有身份证的可不填",
    "lives_division": "6、9 或 12 位；不填按管理机构所在地",
    "insured_division": "医保参保地，6 位",
    "register_division": "户籍地，6 位；不填按身份证前 6 位",
}


def columns() -> list[Column]:
    """The head of a list of residents."""
    return [Column(label=say(label)) for label in COLUMNS]


def list_row(resident: Resident, *, href: str) -> Row:
    """One resident in a list."""
    first = flags(resident)
    return Row(
        cells=[
            Cell(text=resident.name, href=href),
            say(labels.SEX[resident.sex]),
            age(resident),
            resident.lives_address,
            str(resident.managing),
            Cell(text="", state=first[0]) if first else "",
        ]
    )


def age(resident: Resident) -> str:
    """The age today, or at death."""
    return said_age(resident.birth_date, today=resident.died_on or clock.today())


def flags(resident: Resident) -> list[State]:
    """Death first, then the chronic conditions under management that everybody with a basis may know of."""
    died = [State(word=say("已去世"), kind="closed")] if resident.died_on else []
    known = [labels.CHRONIC[code] for code in resident.chronic if code in labels.CHRONIC]
    return died + [State(word=say(word), kind="active") for word in known]


def facts(resident: Resident, *, full: bool = False) -> list[tuple[str, str]]:
    """What is registered, as pairs for `parts/definitions.html`; papers and phones masked unless compared."""
    mother = resident.mother.name if resident.mother else ""
    owner = say(labels.PHONE_OWNER[resident.phone_owner])
    phone = resident.phone if full else masked_phone(resident.phone)
    pairs = [
        ("档案号", resident.record_no),
        ("姓名", resident.name),
        ("性别", say(labels.SEX[resident.sex])),
        ("出生日期", f"{resident.birth_date}{say('（估计）') if resident.birth_estimated else ''}"),
        ("身份证号", resident.id_card if full else masked_id(resident.id_card)),
        ("电话", f"{phone}（{owner}）" if phone else ""),
        ("民族", say(labels.ETHNICITY.get(resident.ethnicity, ""))),
        ("居住地", " ".join(filter(None, (said_division(resident.lives_division), resident.lives_address)))),
        ("参保地", said_division(resident.insured_division)),
        ("户籍地", said_division(resident.register_division)),
        ("管理机构", str(resident.managing)),
    ]
    return [(say(label), value) for label, value in [*pairs, *([("母亲", mother)] if mother else [])]]


def fields(names: Iterable[str], typed: Mapping[str, str], errors: Mapping[str, Sequence[str]]) -> list[Field]:
    """The fields of registration, with what was typed and every error beside its field."""
    return [_field(name, typed, errors) for name in names]


def _field(name: str, typed: Mapping[str, str], errors: Mapping[str, Sequence[str]]) -> Field:
    options = [Option(value=code, label=say(word)) for code, word in CHOICES.get(name, {}).items()]
    kind: Any = "check" if name in CHECKS else "cards" if name == "sex" else "select" if options else "text"
    return Field(
        name=name,
        label=say(labels.FIELD[name]),
        kind=kind,
        value=typed.get(name, ""),
        options=[option for option in options if name != "sex" or option.value in ("1", "2", "9")],
        help=_place(name, typed) or say(HELP.get(name, "")),
        error=" ".join(errors.get(name, ())),
        required=name == "name",
        inputmode="tel" if name == "phone" else "",
    )


def _place(name: str, typed: Mapping[str, str]) -> str:
    """The place that a typed division code means, so that a slip shows."""
    code = typed.get(name, "").strip() if name in DIVISIONS else ""
    place = said_division(code) if code else ""
    return "" if place == code else place


def typed_of(resident: Resident) -> dict[str, str]:
    """What is registered, as if it had been typed: the start of a correction."""
    kept = [*SHORT_FORM, *LONG_FORM]
    row = {name: getattr(resident, name) for name in kept if name not in CHECKS}
    checks = {"no_papers": not resident.id_card, "birth_estimated": resident.birth_estimated}
    return {name: str(value) for name, value in row.items()} | {name: "1" for name, on in checks.items() if on}


def above(errors: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """All errors once more, for the head of the form, each leading to its field."""
    return [(f"f-{name}" if name in labels.FIELD else "", words) for name, many in errors.items() for words in many]
