"""Every register of the house as a sheet: its form's fields are the columns, its own gated save writes each row.

What a form would refuse, the sheet refuses in the same words, because it is the same form.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db import transaction

from yigongti.exchange.batches.kinds import Kind, Outcome, Row, enter
from yigongti.exchange.tables import words
from yigongti.exchange.tables.days import day, moment
from yigongti.exchange.tables.sheet import Column, Sheet
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.action.gate import Receipt, action, actions, pass_gate
from yigongti.kernel.language import phrase
from yigongti.kernel.pages.picked import Picked
from yigongti.kernel.pages.register import registers
from yigongti.kernel.pages.register_rows import Register
from yigongti.kernel.refusal import Refusal, Refusals
from yigongti.organisations.actions import unmake


NOT_BY_SHEET = ("organisations.groups", "organisations.charters")
"""Made once or approved one by one; a sheet of them would be used by nobody."""


def enter_registers() -> None:
    """Enter a kind for each register that can be written."""
    for order, made in enumerate(registers.values(), start=60):
        if made.code not in NOT_BY_SHEET:
            enter(_kind(made, order))


def _kind(of: Register, order: int) -> Kind:
    sheet = Sheet(code=of.code.replace(".", "-"), title=of.title, columns=tuple(_columns(of)))
    return Kind(
        sheet=sheet, permission=of.may_write, many=50, order=order,
        check=lambda by, rows: _check(of, sheet, by, rows),
        take=lambda by, rows: [_take(of, by, row) for row in rows], key=lambda values: _print(values),
        undo=lambda by, rows: _undo(of, by, rows),
    )  # fmt: skip


def _print(values: Mapping[str, Any]) -> str:
    """Two rows of a sheet that say the same are one."""
    return hashlib.sha256(repr(sorted((name, str(one)) for name, one in values.items())).encode()).hexdigest()[:40]


def _columns(of: Register) -> list[Column]:
    return [_column(name, field) for name, field in of.form.base_fields.items()]


def _column(name: str, field: forms.Field) -> Column:
    choices = {str(code): str(label) for code, label in getattr(field, "choices", ()) if code != ""}
    return Column(
        field=name, header=str(field.label), read=_reader(field, choices), required=_required(field),
        hint=str(field.help_text or ("填名称" if isinstance(field, Picked) else "")), choices=choices,
    )  # fmt: skip


def _required(field: forms.Field) -> bool:
    """A field that the form begins with a value need not be in the sheet."""
    return field.required and field.initial is None and not _is_yes_no(field)


def _is_yes_no(field: forms.Field) -> bool:
    return isinstance(field, forms.BooleanField)


def _reader(field: forms.Field, choices: Mapping[str, str]) -> Any:
    """What the form is to be given is text; days are brought into its form, choices to their code."""
    if choices:
        return words.code(choices)
    if _is_yes_no(field):
        return words.yes_no
    if isinstance(field, forms.DateTimeField):
        return moment()
    if isinstance(field, forms.DateField):
        return day()
    return words.text(most=4000, lines=True)


def _typed(of: Register, row: Row) -> dict[str, str]:
    typed = {}
    for name, field in of.form.base_fields.items():
        value = row.values.get(name, "")
        value = field.initial if value == "" and field.initial is not None else value
        if isinstance(field, Picked):
            typed[f"{name}_text"] = str(value)
        elif _is_yes_no(field):
            typed |= {name: "1"} if value else {}
        else:
            typed[name] = value.strftime("%Y-%m-%dT%H:%M") if hasattr(value, "hour") else str(value)
    return typed


def _check(of: Register, sheet: Sheet, by: Actor, rows: Sequence[Row]) -> None:
    """Each row is saved for a moment and taken back: so the database's own rules speak before the real run, and a row
    may name one that stands above it in the sheet. One that cannot be read whole is asked with those cells empty."""
    with transaction.atomic():
        for row in rows:
            _try(of, sheet, by, row)
        transaction.set_rollback(True)


def _try(of: Register, sheet: Sheet, by: Actor, row: Row) -> None:
    try:
        with transaction.atomic():
            there = _there(of, by, row)
            if there:
                row.known = "" if row.problems else there
                return
            of.save(by=by, row="", seen="", values=_typed(of, row))
    except Refusals as many:
        _note(sheet, row, many.all)
    except Refusal as refusal:
        _note(sheet, row, [refusal])


def _there(of: Register, by: Actor, row: Row) -> str:
    """A row of ours that says the very same: brought twice, it is not registered twice."""
    form = of.form(_typed(of, row), actor=by)
    if not form.is_valid():
        return ""
    held = {field.name for field in of.model._meta.concrete_fields} & set(form.cleaned_data)
    same = {name: form.cleaned_data[name] for name in held if form.cleaned_data[name] not in (None, "")}
    found = of.model._default_manager.filter(of.mine(by), **same).first()
    return f"{of.model._meta.label}:{found.pk}" if found is not None else ""


def _note(sheet: Sheet, row: Row, refusals: Sequence[Refusal]) -> None:
    """Beside their columns. What is said of an unread cell is said already; the whole cannot be judged without it."""
    unread, columns = row.unread, {one.field for one in sheet.columns}
    for refusal in refusals:
        at = refusal.field if refusal.field in columns else ""
        if not unread or (at and at not in unread):
            row.wrong(sheet, at or sheet.columns[0].field, str(refusal.facts.get("problem") or refusal))


def _take(of: Register, by: Actor, row: Row) -> Outcome:
    receipt = pass_gate(actions[f"{of.code}.save"], by=by, key=None,
                        arguments={"row": "", "seen": "", "values": _typed(of, row)})  # fmt: skip
    return Outcome(state="applied", made=f"{of.model._meta.label}:{receipt.href.rsplit('/', 1)[1]}")


def _undo(of: Register, by: Actor, rows: Sequence[Row]) -> list[Outcome]:
    keys = [row.made.split(":", 1)[1] for row in rows]
    gone = set(take_back(by=by, register=of.code, keys=keys).data["gone"])
    return [
        Outcome(state="undone")
        if key in gone
        else Outcome(state="stays", made=row.made, note="登记之后已被用到，不能撤销，可以停办")
        for row, key in zip(rows, keys, strict=True)
    ]


@action("exchange.take_back_rows", permission="exchange.tables_work")
def take_back(*, by: Actor, register: str, keys: Sequence[str]) -> Receipt:
    """撤销表格登记的、还没有用到的行。"""
    of = registers[register]
    by.require(of.may_write)
    mine = of.model._default_manager.filter(of.mine(by), pk__in=keys)
    known = [(str(row.pk), of.subject(row), row) for row in mine]  # a row that is deleted has no key any more
    gone = [(key, subject) for key, subject, row in known if unmake(row)]
    if of.after:
        transaction.on_commit(of.after)
    return Receipt(
        number=f"-{len(gone)}", done=phrase("{title} {n} 行", title=phrase(of.title), n=len(gone)),
        subject=f"{of.model._meta.label}:many", facts={"gone": [subject for _, subject in gone]},
        data={"gone": [key for key, _ in gone]},
    )  # fmt: skip
