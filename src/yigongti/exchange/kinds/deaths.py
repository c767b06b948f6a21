"""死亡表：一行一份死亡医学证明。来源：领域参考 2.3、2.10。

对到居民的登记去世；与登记或病历矛盾的留着等核对，不自动登记。
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from yigongti.exchange.batches.kinds import Kind, Row, enter
from yigongti.exchange.kinds.certificates import Facts, by_inbox, entries_of
from yigongti.exchange.senders import the_inbox
from yigongti.exchange.tables import words
from yigongti.exchange.tables.days import day
from yigongti.exchange.tables.sheet import Column, Sheet
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.words import registry
from yigongti.organisations.queries import institutions_by_name
from yigongti.publichealth.actions import ToldDeath, death_checks, take_in_deaths, withdraw_deaths
from yigongti.residents.actions.bulk import CODES, card_fault
from yigongti.residents.queries.alike import by_papers


PLACE, KNOWN = entries_of("publichealth.death_place"), entries_of("publichealth.how_known")
CAUSES = ("直接死因", "引起直接死因的疾病", "引起前一项的疾病", "最初的疾病", "其他疾病诊断")
"""Part I (a) to (d) and part II of the certificate, in their order."""
CLINICAL = (
    "underlying_code",
    "underlying_name",
    *(f"{part}_{n}" for n in range(5) for part in ("code", "cause", "time")),
)


def _text(name: str, header: str, *aliases: str, required: bool = False, hint: str = "") -> Column:
    return Column(field=name, header=header, aliases=aliases, required=required, hint=hint, read=words.text(most=120))


def _causes() -> list[Column]:
    return [
        column
        for n, header in enumerate(CAUSES)
        for column in (
            _text(f"cause_{n}", header),
            _text(f"code_{n}", f"{header}编码", hint="ICD-10"),
            _text(f"time_{n}", f"{header}发病至死亡时间"),
        )
    ]


SHEET = Sheet(
    code="deaths",
    title="死亡",
    about="一行一人。死因照证明填写，根本死因由编码员填；作废的证明按原编号再送一行，“是否作废”填是。",
    columns=(
        _text("number", "死亡证明编号", "死亡医学证明编号", required=True),
        _text("name", "死者姓名", "姓名", required=True),
        Column(field="sex", header="性别", read=words.code(CODES["sex"]), required=True, choices=CODES["sex"]),
        _text("id_card", "身份证号", "证件号码"),
        Column(field="born_on", header="出生日期", read=day(), blank=None),
        Column(field="died_on", header="死亡日期", read=day(), required=True, aliases=("死亡时间",)),
        Column(field="place", header="死亡地点", read=words.code(PLACE), choices=PLACE, blank="unknown",
               hint="不填算不详"),
        _text("institution_name", "签发机构", "填报机构"),
        *_causes(),
        _text("underlying_code", "根本死因编码", "根本死因ICD编码"),
        _text("underlying_name", "根本死因"),
        _text("certifier", "填报医师", "医师"),
        Column(field="how_known", header="诊断依据", read=words.code(KNOWN), choices=KNOWN, blank="unknown",
               hint="不填算不详"),
        Column(field="cancelled", header="是否作废", read=words.yes_no, blank=False, hint="是或否"),
    ),
)  # fmt: skip


def _prepare(by: Actor, rows: Sequence[Row]) -> None:
    known = by_papers(for_=by, numbers=[str(row.values.get("id_card") or "") for row in rows])
    places = institutions_by_name(for_=the_inbox(), names={str(row.values.get("institution_name", "")) for row in rows})
    for row in rows:
        if fault := card_fault(str(row.values.get("id_card") or "")):
            row.wrong(SHEET, "id_card", fault)
        row.values["resident_id"] = known.get(str(row.values.get("id_card") or ""))
        row.values["institution_id"] = places.get(str(row.values.get("institution_name", "")))


def _chain(said: Mapping[str, Any]) -> dict[str, Any]:
    """The causes, a place each, empty ones too: so a fault of the third stands beside the third."""
    parts = ("code", "cause", "time")
    return {"chain": tuple(tuple(str(said.get(f"{part}_{n}") or "") for part in parts) for n in range(len(CAUSES)))}


def _take(deaths: list[ToldDeath]) -> Sequence[Mapping[str, Any]]:
    told = [replace(one, chain=tuple(cause for cause in one.chain if any(cause))) for one in deaths]
    return by_inbox(take_in_deaths, "deaths", source="sheet")(told)


FACTS = Facts(
    sheet=SHEET, label="publichealth.Death", prepare=_prepare, told=ToldDeath, checks=death_checks,
    more=_chain, at={f"chain.{n}": f"code_{n}" for n in range(len(CAUSES))}, take=_take,
    withdraw=lambda ids, why: withdraw_deaths(by=the_inbox(), ids=ids, why=why) and None,
)  # fmt: skip
enter(
    Kind(
        sheet=SHEET, check=FACTS.check, take=FACTS.take_in, undo=FACTS.undo, order=46,
        permission=registry.add_permission("exchange.table_deaths", title="送死亡表", writes=True),
        key=lambda values: str(values.get("number") or ""), fields_closed=frozenset(CLINICAL),
        marks=frozenset({"number", "died_on", "cause_0"}),
    )
)  # fmt: skip
