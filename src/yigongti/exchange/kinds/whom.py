"""Whom a row is about: by a paper, or by the number that the sending system has given the person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from yigongti.exchange.batches.kinds import Row
from yigongti.exchange.matching import remember
from yigongti.exchange.models import KnownPerson, Sender
from yigongti.exchange.senders import sender_of
from yigongti.exchange.tables import words
from yigongti.exchange.tables.sheet import Column, Sheet
from yigongti.kernel.access.actor import Actor
from yigongti.residents.queries.alike import by_papers


SYSTEM = "table"
DEFAULT_SOURCE = "表格"
"""The numbering of sheets that do not say whose numbers they carry."""

WHOM = (
    Column(field="id_card", header="证件号码", read=words.text(most=60),
           aliases=("身份证号", "身份证", "公民身份号码", "身份证号码", "健康卡号", "医保卡号", "档案号"),
           hint="身份证、健康卡、医保卡或档案号"),
    Column(field="number", header="来源编号", read=words.text(most=120), aliases=("patient_id", "病历号", "患者编号"),
           hint="送数据的系统给这个人的编号；证件号码和来源编号至少填一个"),
    Column(field="source", header="来源系统", read=words.text(most=120), hint="编号是哪个系统给的；不填算表格"),
)  # fmt: skip
"""The columns by which a row names its person."""


def source_of(row: Row) -> Sender:
    """The system whose number the row carries."""
    code = str(row.values.get("source") or DEFAULT_SOURCE)
    if not isinstance(row.values.get("sender"), Sender):
        row.values["sender"] = sender_of(channel=SYSTEM, code=code, title=code)
    found: Sender = row.values["sender"]
    return found


def known_numbers(rows: Iterable[Row]) -> dict[tuple[str, str], int]:
    """The person of each (source, number) that was matched before."""
    wanted = {(str(row.values.get("source") or DEFAULT_SOURCE), str(row.values.get("number") or "")) for row in rows}
    held = KnownPerson.objects.filter(
        sender__channel=SYSTEM, sender__code__in={source for source, _ in wanted}, system=SYSTEM,
        value__in={number for _, number in wanted if number},
    )  # fmt: skip
    return {
        (code, value): master
        for code, value, master in held.values_list("sender__code", "value", "resident__master_id")
        if (code, value) in wanted
    }


def number_of(row: Row) -> tuple[str, str]:
    """Source and number, as `known_numbers` keeps them."""
    return str(row.values.get("source") or DEFAULT_SOURCE), str(row.values.get("number") or "")


def remember_numbers(made: Mapping[int, int], rows: Sequence[Row]) -> None:
    """From now on the number of each row means the resident that was made of it."""
    for row in rows:
        if row.number in made and row.values.get("number"):
            remember(sender=source_of(row), numbers=[(SYSTEM, str(row.values["number"]))],
                     resident=made[row.number], how="sheet")  # fmt: skip


def forget_numbers(residents: Iterable[int]) -> None:
    """The numbers of those who are taken back mean nobody again."""
    KnownPerson.objects.filter(resident__in=list(residents), how="sheet").delete()


def find_people(by: Actor, rows: Sequence[Row], sheet: Sheet) -> None:
    """Put each row's person into its values as `resident`; a row that names nobody, or two people, says so."""
    numbers = known_numbers(rows)
    papers = by_papers(for_=by, numbers=[str(row.values.get("id_card") or "") for row in rows])
    for row in rows:
        paper, number = str(row.values.get("id_card") or ""), str(row.values.get("number") or "")
        found = {one for one in (papers.get(paper), numbers.get(number_of(row))) if one}
        row.values["resident"] = found.pop() if len(found) == 1 else None
        if row.values["resident"] or row.problems:
            continue
        if found:
            row.wrong(sheet, "number", "证件号码和来源编号对到不同的人")
        elif not paper and not number:
            row.wrong(sheet, "id_card", "证件号码和来源编号至少填一个")
        else:
            row.wrong(sheet, "id_card" if paper else "number", "查无此人，请先登记")
