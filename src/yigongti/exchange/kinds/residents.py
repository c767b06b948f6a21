"""居民登记表：一行一人，按居民登记的规则检查；与已登记的人相像的先由数据员决定。来源：R133、R164，领域参考 2.3.1。"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from yigongti.exchange.batches.kinds import Kind, Outcome, Row, enter
from yigongti.exchange.kinds.whom import forget_numbers, known_numbers, number_of, remember_numbers
from yigongti.exchange.senders import the_inbox
from yigongti.exchange.tables import words
from yigongti.exchange.tables.days import day
from yigongti.exchange.tables.sheet import Column, Sheet
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.words import registry
from yigongti.kernel.refusal import BadValue, Missing
from yigongti.organisations.queries import institutions_by_name
from yigongti.residents.actions.bulk import CODES, Newcomer, register_many, told_paper, told_person, unregister_many
from yigongti.residents.queries.alike import Alike, alike, identities


PAPERS = ("health_card", "insurance_no", "passport", "birth_certificate")
SAME = 95
"""From this score on it is one human (`residents/policy/likeness.py`): the same ID card or paper."""

SEX, OWNER, ETHNICITY = CODES["sex"], CODES["phone_owner"], CODES["ethnicity"]
ROLES, CHRONIC = CODES["household_role"], CODES["chronic"]
SEX_WORDS = {"男性": "1", "女性": "2", "m": "1", "f": "2", "male": "1", "female": "2"}
ROLE_WORDS = {"本人": "head", "妻": "spouse", "夫": "spouse", "妻子": "spouse", "丈夫": "spouse", "子": "child",
              "女": "child", "父": "parent", "母": "parent", "孙子": "grandchild", "孙女": "grandchild"}  # fmt: skip


def _column(name: str, header: str, *aliases: str, read: Any = None, **more: Any) -> Column:
    return Column(field=name, header=header, aliases=aliases, read=read or words.text(), **more)


SHEET = Sheet(
    code="residents",
    title="居民",
    about="一行一人。有身份证的，出生日期和性别可以不填；没有证件的要填姓名、性别和出生日期。",
    columns=(
        _column("name", "姓名", "居民姓名", "患者姓名", "name", required=True, example="张桂兰"),
        _column("id_card", "身份证号", "身份证", "公民身份号码", "证件号码", "身份证号码", hint="18 位或旧 15 位",
                example="140781195803047227"),
        _column("sex", "性别", "gender", read=words.code(SEX, synonyms=SEX_WORDS), example="女",
                choices={code: SEX[code] for code in ("1", "2", "9")}),
        _column("birth_date", "出生日期", "生日", "出生年月日", "birth_date", read=day(), hint="年月日",
                example="1958-03-04", blank=None),
        _column("birth_estimated", "出生日期为估计", read=words.yes_no, hint="是或否", blank=False),
        _column("phone", "电话", "手机", "联系电话", "手机号", "电话号码", example="13903540000"),
        _column("phone_owner", "电话是谁的", read=words.code(OWNER), choices=OWNER, hint="不填算本人"),
        _column("ethnicity", "民族", read=words.code(ETHNICITY), hint="不填算汉族", example="汉族"),
        _column("lives_division", "居住地区划代码", "现住地代码",
                hint="县 6 位、乡镇 9 位、村 12 位；不填按管理机构所在地"),
        _column("lives_address", "居住地址", "现住址", "住址", "家庭住址", "地址", example="义安镇东大街 12 号"),
        _column("insured_division", "参保地区划代码", hint="6 位"),
        _column("register_division", "户籍地区划代码", hint="不填按身份证前 6 位"),
        _column("managing", "管理机构", "建档机构", "管档机构", "所属机构", required=True,
                hint="机构登记的名称或简称"),
        _column("health_card", "居民健康卡号", "健康卡号"),
        _column("insurance_no", "医保卡号", "医保号", "社保卡号"),
        _column("passport", "护照号", "护照"),
        _column("birth_certificate", "出生医学证明编号", "出生证编号"),
        _column("household_no", "户编号", "家庭编号", "户号", read=words.text(most=24), hint="同一户写同一个号"),
        _column("household_role", "与户主关系", read=words.code(ROLES, synonyms=ROLE_WORDS), choices=ROLES),
        _column("chronic", "慢性病", read=words.many(words.code(CHRONIC, synonyms={"慢性阻塞性肺疾病": "copd"})),
                hint="高血压、糖尿病等，用顿号分开", blank=()),
        _column("died_on", "死亡日期", "death_date", read=day(), hint="仍健在的不填", blank=None),
        _column("number", "来源编号", "patient_id", "病历号", "档案编号", read=words.text(most=120),
                hint="送数据的系统给这个人的编号，以后按它对人"),
        _column("source", "来源系统", read=words.text(most=120), hint="编号是哪个系统给的；不填算表格"),
    ),
)  # fmt: skip


def check(by: Actor, rows: Sequence[Row], *, again: bool = False) -> None:
    """Every fault that registration itself would name; then whom the person may already be. `again`: what was found
    before still counts, and who has been registered since is looked for by paper and rule."""
    places = institutions_by_name(for_=by, names={str(row.values.get("managing", "")) for row in rows})
    for row in rows:
        _check_person(row)
        _check_rest(row, places)
    sound = [row for row in rows if not row.problems]
    numbers = _numbers_of(by, sound)
    of = [(row.values["person"], [value for _, value in _papers(row)]) for row in sound]
    found = alike(for_=by, of=of, again=again)
    before = identities(for_=by, ids=[one["resident"] for row in sound if again for one in row.alike])
    for row, many in zip(sound, found, strict=True):
        same = numbers.get(row.number) or (many[0].resident if many and many[0].score >= SAME else None)
        row.known = f"residents.Resident:{same}" if same else ""
        fresh = {one.resident for one in many}
        kept = [one for one in row.alike if one["resident"] in before and one["resident"] not in fresh]
        row.alike = [asdict(one) for one in many] + kept


def _numbers_of(by: Actor, rows: Sequence[Row]) -> dict[int, int]:
    """Whom the sender's number of each row was given to, by the row's number; another person's number is a fault."""
    known = known_numbers(rows)
    people = identities(for_=by, ids=known.values())
    found, first = {}, dict[tuple[str, str], int]()
    for row in rows:
        number, person = number_of(row), row.values["person"]
        if not number[1]:
            continue
        holder = known.get(number)
        if holder and not people[holder].agrees(
            name=person.name, sex=person.sex, birth_date=person.birth_date, id_card=person.id_card
        ):
            row.wrong(SHEET, "number", "这个来源编号已给了另一个人（姓名、性别、出生日期或证件不同）")
        elif holder:
            found[row.number] = holder
        elif first.setdefault(number, row.number) != row.number:
            row.wrong(SHEET, "number", "与第 {row} 行的来源编号相同", row=first[number])
    return found


def _key(values: dict[str, Any]) -> str:
    """The ID card; without one the name, the birth day and the sender's number."""
    told = (values.get("name"), values.get("birth_date"), values.get("number"))
    return str(values.get("id_card") or "") or ("|".join(str(one or "") for one in told) if told[1] else "")


def _check_person(row: Row) -> None:
    """Read as the registration form would be; what its columns have said already is not said twice."""
    row.values["person"], refusals = told_person(_typed(row))
    said = {one.field for one in row.problems}
    for refusal in refusals:
        if refusal.field not in said and not (isinstance(refusal, Missing) and "id_card" in said):
            row.wrong(SHEET, refusal.field, str(refusal.facts.get("problem") or refusal))


def _typed(row: Row) -> dict[str, str]:
    given = {name: row.values.get(name) for name in FORM}
    typed = {
        name: value.isoformat() if isinstance(value, date) else str(value) for name, value in given.items() if value
    }
    wrong = any(one.field == "id_card" for one in row.problems)
    return typed if wrong or "id_card" in typed else {**typed, "no_papers": "1"}


FORM = ("name", "id_card", "sex", "birth_date", "birth_estimated", "phone", "phone_owner", "ethnicity",
        "lives_division", "lives_address", "insured_division", "register_division")  # fmt: skip


def _check_rest(row: Row, places: dict[str, int]) -> None:
    named = row.values.get("managing")
    if named and named not in places:
        row.wrong(SHEET, "managing", "没有这家机构，或不在您管辖的范围内")
    born, died = row.values.get("birth_date"), row.values.get("died_on")
    if died and born and died < born:
        row.wrong(SHEET, "died_on", "早于出生日期 {born}", born=born)
    for system in PAPERS:
        if row.values.get(system):
            _check_paper(row, system)


def _check_paper(row: Row, system: str) -> None:
    try:
        row.values[system] = told_paper(system, str(row.values[system]))
    except BadValue as bad:
        row.wrong(SHEET, system, str(bad.facts["problem"]))


def _papers(row: Row) -> list[tuple[str, str]]:
    return [(system, str(row.values[system])) for system in PAPERS if row.values.get(system)]


def take(by: Actor, rows: Sequence[Row]) -> Sequence[Outcome]:
    """Register them; who has been registered since the check is not registered again."""
    places = institutions_by_name(for_=by, names={str(row.values["managing"]) for row in rows})
    check(by, rows, again=True)
    fresh = [row for row in rows if not row.known and not row.problems and not _undecided(row)]
    newcomers = [_newcomer(row, places) for row in fresh]
    receipt = register_many(by=the_inbox(), newcomers=newcomers) if newcomers else None
    made = dict(zip([row.number for row in fresh], receipt.data["residents"] if receipt else (), strict=True))
    remember_numbers(made, fresh)
    return [_outcome(row, made.get(row.number)) for row in rows]


def _undecided(row: Row) -> bool:
    return bool(row.alike) and row.verdict != "different"


def _outcome(row: Row, made: int | None) -> Outcome:
    if made:
        return Outcome(state="applied", made=f"residents.Resident:{made}")
    if row.problems:
        return Outcome(state="wrong", note="；".join(one.says for one in row.problems))
    return Outcome(state="known", made=row.known, note="检查之后已有人登记") if row.known else Outcome(state="alike")


def _newcomer(row: Row, places: dict[str, int]) -> Newcomer:
    said = row.values
    return Newcomer(
        person=said["person"], managing_id=places[said["managing"]], papers=_papers(row),
        household_no=said["household_no"], household_role=said["household_role"], chronic=said["chronic"],
        died_on=said["died_on"], alike=[Alike(**one) for one in row.alike],
    )  # fmt: skip


def undo(by: Actor, rows: Sequence[Row]) -> Sequence[Outcome]:
    """Take back whom nobody has used since; the others stay, with the reason."""
    ids = {row.number: int(row.made.rsplit(":", 1)[1]) for row in rows}
    by_number = ("exchange.KnownPerson.resident",)
    gone = set(unregister_many(by=the_inbox(), residents=list(ids.values()), but=by_number).data["gone"])
    forget_numbers(gone)
    stays = Outcome(state="stays", note="登记之后已有记录、单子或更正，不能撤销")
    return [
        Outcome(state="undone") if ids[row.number] in gone else
        Outcome(state="stays", made=row.made, note=stays.note)
        for row in rows
    ]  # fmt: skip


enter(
    Kind(
        sheet=SHEET, permission=registry.add_permission("exchange.table_residents", title="送居民登记表", writes=True),
        check=check, take=take, undo=undo, key=_key, many=1000, order=10, fields_closed=frozenset({"chronic"}),
        marks=frozenset({"birth_date"}),
    )
)  # fmt: skip
