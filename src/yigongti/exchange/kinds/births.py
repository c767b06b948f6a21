"""出生表：一行一份出生医学证明（死胎死产按报告）。来源：领域参考 2.3、2.6。

母亲按身份证号对到居民；新生儿有自己的身份证号才登记，没有的由管理母亲的机构登记。
"""

from __future__ import annotations

from collections.abc import Sequence

from yigongti.exchange.batches.kinds import Kind, Row, enter
from yigongti.exchange.kinds.certificates import Facts, by_inbox, entries_of
from yigongti.exchange.senders import the_inbox
from yigongti.exchange.tables import words
from yigongti.exchange.tables.days import moment
from yigongti.exchange.tables.sheet import Column, Sheet
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.words import registry
from yigongti.organisations.queries import institutions_by_name
from yigongti.publichealth.actions import ToldBirth, birth_checks, take_in_births, withdraw_births
from yigongti.residents.actions.bulk import CODES, card_fault
from yigongti.residents.queries.alike import by_papers


PLACE, OUTCOME = entries_of("publichealth.birth_place"), entries_of("publichealth.birth_outcome")
CLINICAL = ("outcome", "weight", "weeks", "plurality")


def _text(name: str, header: str, *aliases: str, required: bool = False) -> Column:
    return Column(field=name, header=header, aliases=aliases, required=required, read=words.text(most=120))


def _whole(name: str, header: str, hint: str, *aliases: str) -> Column:
    return Column(field=name, header=header, aliases=aliases, hint=hint, read=words.whole(least=0), blank=None)


SHEET = Sheet(
    code="births",
    title="出生",
    about="一行一个新生儿。作废的证明按原编号再送一行，“是否作废”填是。",
    columns=(
        _text("number", "出生医学证明编号", "出生证编号", required=True),
        Column(field="born_at", header="出生时间", read=moment(), required=True, example="2026-03-04 09:30",
               aliases=("出生日期时间",)),
        Column(field="sex", header="性别", read=words.code(CODES["sex"]), required=True, choices=CODES["sex"],
               aliases=("新生儿性别",)),
        Column(field="place", header="出生地点分类", read=words.code(PLACE), required=True, choices=PLACE),
        Column(field="outcome", header="出生结局", read=words.code(OUTCOME), choices=OUTCOME, blank="live",
               hint="不填算活产"),
        _whole("weight", "出生体重", "克", "体重"),
        _whole("weeks", "孕周", "周", "出生孕周"),
        Column(field="plurality", header="胎数", read=words.whole(least=1), blank=1, hint="单胎填 1"),
        _text("mother_name", "母亲姓名", "产妇姓名", required=True),
        _text("mother_id_card", "母亲身份证号", "产妇身份证号", "母亲证件号码"),
        _text("newborn_name", "新生儿姓名"),
        _text("newborn_id_card", "新生儿身份证号"),
        _text("institution_name", "接生机构", "助产机构", "签发机构"),
        Column(field="cancelled", header="是否作废", read=words.yes_no, blank=False, hint="是或否"),
    ),
)  # fmt: skip


def _prepare(by: Actor, rows: Sequence[Row]) -> None:
    papers = ("mother_id_card", "newborn_id_card")
    known = by_papers(for_=by, numbers=[str(row.values.get(name) or "") for row in rows for name in papers])
    places = institutions_by_name(for_=the_inbox(), names={str(row.values.get("institution_name", "")) for row in rows})
    for row in rows:
        for name in ("mother_id_card", "newborn_id_card"):
            if fault := card_fault(str(row.values.get(name) or "")):
                row.wrong(SHEET, name, fault)
        row.values["mother_id"] = known.get(str(row.values.get("mother_id_card") or ""))
        row.values["newborn_id"] = known.get(str(row.values.get("newborn_id_card") or ""))
        row.values["institution_id"] = places.get(str(row.values.get("institution_name", "")))


FACTS = Facts(
    sheet=SHEET, label="publichealth.Birth", prepare=_prepare, told=ToldBirth, checks=birth_checks,
    at={"newborn_id": "newborn_id_card"}, take=by_inbox(take_in_births, "births", source="sheet"),
    withdraw=lambda ids, why: withdraw_births(by=the_inbox(), ids=ids, why=why),
)  # fmt: skip
enter(
    Kind(
        sheet=SHEET, check=FACTS.check, take=FACTS.take_in, undo=FACTS.undo, order=45,
        permission=registry.add_permission("exchange.table_births", title="送出生表", writes=True),
        key=lambda values: str(values.get("number") or ""), fields_closed=frozenset(CLINICAL),
        marks=frozenset({"number", "born_at", "mother_name"}),
    )
)  # fmt: skip
