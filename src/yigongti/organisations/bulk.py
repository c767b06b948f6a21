"""Many at once: institutions and departments from a pasted table, all of them or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction

from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.models import Unit
from yigongti.kernel.action.gate import Receipt, action
from yigongti.kernel.language import phrase
from yigongti.kernel.pages.picked import RegisterForm
from yigongti.kernel.pages.posting import errors_of
from yigongti.kernel.refusal import Missing, Refusal, raise_all
from yigongti.organisations import forms, queries, registers
from yigongti.organisations.labels import GRADES, KINDS, LEVEL_OF_KIND, LEVELS, OWNERSHIPS
from yigongti.organisations.models import Institution
from yigongti.organisations.permissions import MANAGE
from yigongti.organisations.tables import bad_line, code_of


Rows = Sequence[tuple[int, Mapping[str, str]]]


@action("organisations.open_institutions", permission=MANAGE)
def open_institutions(*, by: Actor, rows: Rows) -> Receipt:
    """批量登记机构。"""
    made = _make_all(
        rows, lambda row: forms.InstitutionForm(institution_values(by, row), actor=by), registers.write_institution, by
    )
    transaction.on_commit(queries.forget)
    return _receipt("JG", made, phrase("已登记 {n} 家机构", n=len(made)))


@action("organisations.open_departments", permission=MANAGE)
def open_departments(*, by: Actor, rows: Rows) -> Receipt:
    """批量登记科室。"""
    made = _make_all(
        rows, lambda row: forms.DepartmentForm(department_values(by, row), actor=by), registers.write_department, by
    )
    transaction.on_commit(queries.forget)
    return _receipt("KS", made, phrase("已登记 {n} 个科室", n=len(made)))


def _receipt(kind: str, made: list[Any], done: str) -> Receipt:
    return Receipt(
        number=f"{kind}-{made[0].pk}-{made[-1].pk}",
        done=done,
        href="/organisations/first-steps",
        subject=f"{made[0]._meta.label}:many",
        facts={"ids": [one.pk for one in made]},
    )


def _make_all(rows: Rows, form_of: Any, write: Any, by: Actor) -> list[Any]:
    """One after the other, so that a village room may stand under a centre of the same paste."""
    if not rows:
        raise Missing(field="rows", label="表格")
    made, faults = [], list[Refusal]()
    for number, row in rows:
        form: RegisterForm = form_of(row)
        try:
            raise_all(form.refusals())
            with transaction.atomic():
                made.append(write(by, form))
        except Refusal as refusal:
            words = " ".join(said for many in errors_of(refusal).values() for said in many)
            faults.append(bad_line("rows", number, next(iter(row.values()), ""), words))
        except IntegrityError:
            faults.append(bad_line("rows", number, next(iter(row.values()), ""), "同样的一条已经有了"))
    raise_all(faults)
    return made


def institution_values(by: Actor, row: Mapping[str, str]) -> dict[str, str]:
    """A pasted row as the institution form wants it; what the sheet leaves out follows from the kind."""
    kind = code_of(KINDS, row.get("类型", ""))
    return {
        "name": row.get("名称", ""),
        "short_name": row.get("简称", "") or row.get("名称", ""),
        "kind": kind,
        "level": code_of(LEVELS, row.get("级别", "")) or LEVEL_OF_KIND.get(kind, "county"),
        "ownership": code_of(OWNERSHIPS, row.get("举办", "")) or "public",
        "grade": code_of(GRADES, row.get("等级", "")),
        "parent": _unit_named(by, row.get("设在", ""), village=kind == "village_room"),
        "parent_text": row.get("设在", ""),
        "since": clock.today().isoformat(),
        "beds_approved": row.get("核定床位", "") or "0",
        "beds_open": row.get("开放床位", "") or "0",
        "credit_code": row.get("统一社会信用代码", ""),
        "division": row.get("区划代码", ""),
        "longitude": row.get("经度", ""),
        "latitude": row.get("纬度", ""),
    }


def department_values(by: Actor, row: Mapping[str, str]) -> dict[str, str]:
    """A pasted row as the department form wants it."""
    values = {
        "institution": "",
        "institution_text": row.get("机构", ""),
        "name": row.get("名称", ""),
        "treats": row.get("能收治什么", ""),
        "since": clock.today().isoformat(),
    }
    named = Institution.objects.filter(by.reach("unit__"), name=row.get("机构", "")).first()
    if named is not None:
        values["institution"] = str(named.pk)
    if row.get("接收转诊", "") in ("是", "接收", "1", "√"):
        values["receives_referrals"] = "1"
    return values


def _unit_named(by: Actor, name: str, *, village: bool) -> str:
    """The unit of that very name; without a name the only group there is."""
    units = Unit.objects.filter(by.reach(), closed_on__isnull=True)
    if not name and not village:
        groups = list(units.filter(kind="group")[:2])
        return str(groups[0].pk) if len(groups) == 1 else ""
    found = units.filter(name=name).first()
    return str(found.pk) if found else ""
