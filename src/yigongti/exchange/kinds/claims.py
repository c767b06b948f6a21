"""医保结算单表：一行一次结算，含县外就医。来源：领域参考 2.7。

金额以元填写、以分记账；对不上居民的也收，因为基金总要算全。
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from yigongti.exchange.batches.kinds import Kind, Row, enter
from yigongti.exchange.kinds.certificates import Facts, by_inbox, entries_of
from yigongti.exchange.senders import the_inbox
from yigongti.exchange.tables import words
from yigongti.exchange.tables.days import day, month
from yigongti.exchange.tables.sheet import Column, Sheet
from yigongti.fund.actions import ToldClaim, checks, take_in_claims, withdraw_claims
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.words import registry
from yigongti.kernel.refusal import Refusal
from yigongti.organisations.queries import institutions_by_name, the_county
from yigongti.residents.queries.alike import by_papers


INSURED, VISIT = entries_of("fund.insured_kind"), entries_of("fund.visit_kind")
AREA, LEVEL = entries_of("fund.area"), entries_of("fund.level")
AMOUNTS = (
    ("total", "总费用", ("医疗费总额", "费用总额")),
    ("in_scope", "政策范围内费用", ("符合政策范围金额",)),
    ("paid_basic", "基本医保统筹支付", ("统筹基金支出", "统筹支付")),
    ("paid_serious", "大病保险支付", ("大病支付",)),
    ("paid_aid", "医疗救助支付", ("医疗救助基金支出",)),
    ("paid_civil_servant", "公务员补助支付", ()),
    ("paid_other", "其他基金支付", ()),
    ("account", "个人账户支付", ("个人账户支出",)),
    ("self_paid", "个人现金支付", ("个人现金支出", "现金支付")),
)
CLINICAL = ("diagnosis_code", "diagnosis_name", "other_diagnoses", "operation_codes")


def _text(name: str, header: str, *aliases: str, required: bool = False, hint: str = "") -> Column:
    return Column(field=name, header=header, aliases=aliases, required=required, hint=hint, read=words.text(most=120))


def _coded(name: str, header: str, choices: dict[str, str], *aliases: str, required: bool = False) -> Column:
    return Column(field=name, header=header, aliases=aliases, read=words.code(choices), choices=choices,
                  required=required)  # fmt: skip


def _day(name: str, header: str, *aliases: str, required: bool = False) -> Column:
    return Column(field=name, header=header, aliases=aliases, read=day(), required=required, blank=None)


SHEET = Sheet(
    code="claims",
    title="医保结算单",
    about="一行一次结算。作废的结算单按原编号再送一行，“是否作废”填是。",
    columns=(
        _text("number", "结算编号", "结算ID", "结算单号", required=True),
        _text("insurer", "医保经办区划", "参保地经办机构区划", required=True, hint="6 位"),
        _text("name", "姓名", "人员姓名"),
        _text("id_card", "身份证号", "证件号码"),
        _text("insurance_no", "医保编号", "人员编号", "医保卡号"),
        _coded("insured_kind", "参保类别", INSURED, "险种类型", required=True),
        _text("insured_division", "参保地区划", "参保地区划代码"),
        _coded("visit_kind", "就医类别", VISIT, "医疗类别", required=True),
        _text("institution_name", "就医机构", "定点医药机构名称", "机构名称", required=True),
        _text("institution_code", "就医机构编号", "定点医药机构编号"),
        _text("institution_division", "就医机构区划", "机构区划代码", hint="6 位；没有的填就医地"),
        _coded("area", "就医地", AREA),
        _coded("level", "机构级别", LEVEL, "医院等级"),
        _day("admitted_on", "入院日期", "开始日期"),
        _day("discharged_on", "出院日期", "结束日期"),
        _day("settled_on", "结算日期", "结算时间", required=True),
        Column(field="month", header="清算月份", read=month(), blank=None, hint="年月，例如 2026-10"),
        _text("diagnosis_code", "主要诊断编码", "病种编码"),
        _text("diagnosis_name", "主要诊断名称", "病种名称"),
        Column(field="other_diagnoses", header="其他诊断编码", read=words.many(words.text(most=20)), blank=()),
        Column(field="operation_codes", header="手术操作编码", read=words.many(words.text(most=20)), blank=()),
        *(
            Column(field=name, header=header, aliases=aliases, read=words.money(), blank=0, required=name == "total",
                   hint="元")
            for name, header, aliases in AMOUNTS
        ),
        Column(field="deductible", header="起付线", read=words.money(), blank=None, hint="元"),
        _text("bureau_batch", "医保批次号", "清算批次"),
        Column(field="cancelled", header="是否作废", read=words.yes_no, blank=False, hint="是或否"),
    ),
)  # fmt: skip


def _prepare(by: Actor, rows: Sequence[Row]) -> None:
    """Whom and where each claim means, as far as we know; a claim of an unknown person counts all the same."""
    numbers = [str(row.values.get(name) or "") for row in rows for name in ("id_card", "insurance_no")]
    known = by_papers(for_=by, numbers=numbers)
    places = institutions_by_name(for_=the_inbox(), names={str(row.values.get("institution_name", "")) for row in rows})
    for row in rows:
        said = row.values
        found = {known[one] for one in (said.get("id_card"), said.get("insurance_no")) if one in known}
        said["resident_id"] = found.pop() if len(found) == 1 else None
        said["institution_id"] = places.get(str(said.get("institution_name", "")))
        if isinstance(said.get("month"), date):
            said["month"] = said["month"].replace(day=1)


def _checks() -> Sequence[Callable[[Any], Iterable[Refusal]]]:
    county = the_county()
    return checks(county=county.division if county else "")


FACTS = Facts(
    sheet=SHEET, label="fund.Claim", prepare=_prepare, told=ToldClaim, checks=_checks,
    take=by_inbox(take_in_claims, "claims", source="sheet"),
    withdraw=lambda ids, why: withdraw_claims(by=the_inbox(), ids=ids, why=why) and None,
)  # fmt: skip
enter(
    Kind(
        sheet=SHEET, check=FACTS.check, take=FACTS.take_in, undo=FACTS.undo, order=40, many=1000,
        permission=registry.add_permission("exchange.table_claims", title="送医保结算单表", writes=True),
        key=lambda values: f"{values.get('insurer', '')}|{values.get('number', '')}" if values.get("number") else "",
        fields_closed=frozenset(CLINICAL), marks=frozenset({"number", "insured_kind", "total"}),
    )
)  # fmt: skip
