"""A step of a workflow as a form: its fields drawn from the page's words, what was typed kept, errors beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import QueryDict

from yigongti.kernel import clock, finders
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.language import say
from yigongti.kernel.pages.parts import Field as Drawn
from yigongti.kernel.pages.parts import FieldKind, Option
from yigongti.kernel.parameters.codes import code_lists
from yigongti.kernel.refusal import Refusal
from yigongti.kernel.workflow.words import Field, Step, Workflow


FEW = 12
"""Up to so many choices are shown at once as cards; more are searched."""

DRAWN: dict[str, FieldKind] = {
    "text": "text", "long_text": "textarea", "yes": "check", "number": "number", "date": "date",
    "moment": "datetime",
}  # fmt: skip


def given_of(page: Workflow, step: Step, posted: QueryDict) -> dict[str, Any]:
    """What was posted for the step's fields: one text each, a list where several may be chosen."""
    given: dict[str, Any] = {}
    for code in (*step.must_record, *step.may_record):
        field = page.field_of(code)
        if field.kind == "choices":
            given[code] = posted.getlist(code)
        else:
            typed = (posted.get(name, "") for name in (code, f"{code}_choice", f"{code}_text"))
            given[code] = next((text for text in typed if text), "")
    return given


def fields_of(
    page: Workflow,
    step: Step,
    *,
    for_: Actor,
    given: Mapping[str, Any],
    errors: Mapping[str, Sequence[str]],
    offers: Mapping[str, Sequence[Option]],
) -> list[Drawn]:
    """The step's fields in the page's order. `offers` are the options of `choices` fields, from the chapter."""
    drawn = []
    for code in (*step.must_record, *step.may_record):
        field = page.field_of(code)
        rest = {"required": code in step.must_record, "error": " ".join(errors.get(code, ()))}
        made = _drawn(field, for_=for_, given=given, rest=rest, offers=offers)
        if made is not None:
            drawn.append(made)
    order = {f.code: place for place, f in enumerate(page.fields)}
    return sorted(drawn, key=lambda one: order[one.name])


def _drawn(
    field: Field, *, for_: Actor, given: Mapping[str, Any], rest: dict[str, Any], offers: Mapping[str, Sequence[Option]]
) -> Drawn | None:
    value = given.get(field.code, "")
    base = {"name": field.code, "label": say(field.label), "help": say(field.help) if field.help else "", **rest}
    if field.kind == "choice":
        entries = code_lists[field.options].on(clock.today())
        options = [Option(value=e.code, label=say(e.label)) for e in entries]
        return Drawn(kind="cards" if len(options) <= FEW else "select", value=str(value or ""), options=options, **base)
    if field.kind == "choices":
        offered = offers.get(field.code, ())
        chosen = set(value or ())
        options = [Option(value=o.value, label=o.label, help=o.help, current=o.value in chosen) for o in offered]
        return Drawn(kind="checks", options=options, **base) if options else None
    if field.kind == "picked":
        return _picked(field, str(value or ""), for_=for_, given=given, base=base)
    return Drawn(kind=DRAWN[field.kind], value=str(value or ""), unit=say(field.unit) if field.unit else "", **base)


def _picked(field: Field, value: str, *, for_: Actor, given: Mapping[str, Any], base: dict[str, Any]) -> Drawn:
    """Few choices are shown at once, with what they offer; many are searched; what was picked shows its label."""
    made = finders.pickers[field.picker]
    plain = {name: str(v) for name, v in given.items() if isinstance(v, (str, int))}
    few = made.find(for_=for_, text="", limit=FEW + 1, given=plain)
    if made.closed and 0 < len(few) <= FEW:
        options = [Option(value=c.value, label=c.label, help=c.detail) for c in few]
        return Drawn(kind="cards", value=value, options=options, **base)
    return Drawn(
        kind="picker", value=value, text=label_of(field.picker, value, for_=for_, given=plain),
        url=f"/pick/{field.picker}{_known(given)}", placeholder=say(made.hint or "姓名、拼音首字母、证件号"), **base,
    )  # fmt: skip


def _known(given: Mapping[str, Any]) -> str:
    """What the picker may narrow by: the person the case is about."""
    resident = str(given.get("resident", ""))
    return f"?resident={resident}" if resident.isdigit() else ""


def label_of(picker: str, value: str, *, for_: Actor, given: Mapping[str, str]) -> str:
    """How a picked value reads; empty when nothing in reach answers to it."""
    if not value:
        return ""
    made = finders.pickers[picker]
    try:
        return made.label(made.resolve(for_=for_, value=value, given=dict(given)))
    except Refusal:
        return ""
