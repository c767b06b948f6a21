"""ServiceRequest as an order of the record, Task as how far it is, DiagnosticReport.basedOn as its answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from yigongti.exchange import orders
from yigongti.exchange.fhir_facts import persons
from yigongti.exchange.fhir_facts.calls import Call, address_of, joined
from yigongti.exchange.fhir_facts.known import KIND, Wanted
from yigongti.exchange.fhir_facts.words import (
    Resource,
    code_of,
    first_code,
    listed,
    moment,
    notes_of,
    said,
    said_all,
    text,
)
from yigongti.exchange.hl7v2.datatypes import Identifier
from yigongti.exchange.hl7v2.order_states import RESULTED, after
from yigongti.exchange.models import KnownEntry
from yigongti.exchange.policy import fhir_orders as codes
from yigongti.exchange.policy import orders as rule
from yigongti.exchange.policy.fhir_own_orders import ORDERS_FROM
from yigongti.kernel import prepared
from yigongti.kernel.language import phrase
from yigongti.organisations.queries import open_institutions
from yigongti.record.actions import Told
from yigongti.record.queries import Numbered, newest


INSTITUTION = re.compile(r"Organization/r-(\d{1,18})")
OURS = re.compile(r"ServiceRequest/r-(1[0-9]{14})")
KEPT = ("report", "images", "filler", "filler_of", "received_by", "unable")
"""What has become of an order since it was told of stays, when it is told again."""


def order(resource: Resource, call: Call) -> dict[str, Any] | None:
    """The columns of an order; None for what is only proposed, planned or drafted."""
    state = codes.ORDER_STATES.get(text(resource.get("status")))
    wrong = resource.get("status") == "entered-in-error"
    if resource.get("intent") not in codes.ORDERS or (state is None and not wrong):
        return None
    system, code = code_of(resource.get("code"))
    reasons = said_all(resource.get("reasonCode")) or call.named(resource.get("reasonReference"))
    return {
        "kind": "order", "title": said(resource.get("code")), "system": system, "code": code,
        "at": moment(resource.get("authoredOn")), "author": call.named(resource.get("requester")),
        "text": joined([reasons, said_all(resource.get("orderDetail")), *notes_of(resource)]),
        "detail": {"state": state, "priority": codes.PRIORITIES.get(text(resource.get("priority")), ""),
                   **_performer(resource, call), **_numbers(resource)},
    }  # fmt: skip


def _numbers(resource: Resource) -> dict[str, str]:
    """Who asked numbers it so, who does it so; its own id stands for a number that was not given."""
    given = {
        first_code(one.get("type")): text(one.get("value")) for one in reversed(listed(resource.get("identifier")))
    }
    placer = given.get(codes.PLACER) or given.get("") or str(resource["id"])
    return {"placer": placer[:120], "filler": given.get(codes.FILLER, "")[:120]}


def _filler_of(detail: Mapping[str, Any], call: Call) -> dict[str, int]:
    return {"filler_of": detail.get("performer") or call.sender.institution_id} if detail.get("filler") else {}


def _performer(resource: Resource, call: Call) -> dict[str, Any]:
    """The institution that is to do it, where it is one of ours: its system gets the order."""
    named = [INSTITUTION.fullmatch(call.target(one)) for one in listed(resource.get("performer"))]
    asked = [int(one[1]) for one in named if one]
    found = open_institutions().filter(pk=asked[0]).first() if asked else None
    return {"performer": found.pk, "performer_name": found.name} if found else {}


def carried(call: Call, wanted: Mapping[str, Wanted]) -> dict[str, Wanted]:
    """The orders, each with what has become of it since it was told of, or had before: a report may come first."""
    before = _known(wanted.keys() - call.fresh)
    return {address: replace(one, told=_carried(one.told, before.get(address), call))
            for address, one in wanted.items()}  # fmt: skip


def _known(addresses: Iterable[str]) -> dict[str, int]:
    """The entries that stand for resources, whoever sent them: an id means one resource in the whole store. Orders of
    the platform's own are named by the number of their first version."""
    asked = [one for one in addresses if one]
    ours = {one: int(found[1]) - ORDERS_FROM for one in asked if (found := OURS.fullmatch(one))}
    asked = [one for one in asked if one not in ours]
    if not asked:
        return ours
    return ours | dict(KnownEntry.objects.filter(kind=KIND, value__in=asked).values_list("value", "entry_id"))


def _carried(told: Told, entry: int | None, call: Call) -> Told:
    known = _newest(told.resident_id, [entry] if entry else [])
    detail = dict(told.detail) | _filler_of(told.detail, call)
    for one in known:
        detail = {name: one.detail[name] for name in KEPT if one.detail.get(name)} | detail
        detail["state"] = after(one.detail.get("state", ""), detail.get("state", ""))
    if not known and (reports := _reports(told)):
        detail |= {"report": reports[0].id, "state": after(detail.get("state", ""), RESULTED)}
    return replace(told, detail=detail)


def _newest(resident: int, entries: list[int]) -> list[Numbered]:
    return newest(for_=orders.the_inbox(), resident_id=resident, ids=entries, kind="order")


def _reports(told: Told) -> list[Numbered]:
    placer, filler = (_identifier(told.detail.get(name)) for name in ("placer", "filler"))
    performs = [told.detail["performer"]] if told.detail.get("performer") else []
    found = orders.awaiting(asker=told.institution_id, performs=performs, resident=told.resident_id, placer=placer,
                            filler=filler)  # fmt: skip
    return orders.meant(found, told.code)


def _identifier(value: Any) -> Identifier | None:
    return Identifier(system="", type="", value=str(value), field="") if value else None


# --- what answers orders, and what tells of them


def answers(call: Call, wanted: Mapping[str, Wanted], written: Mapping[str, int]) -> dict[str, list[Numbered]]:
    """The orders that each report answers, by the report's address; `written` are orders of the same set."""
    reports = {address: one for address, one in wanted.items() if one.resource.get("basedOn") and _is_report(one)}
    return _asked_for(call, {address: (one.resource, one.told.resident_id) for address, one in reports.items()},
                      written)  # fmt: skip


def _is_report(one: Wanted) -> bool:
    return one.told.kind == "report" and not one.told.withdrawn


def _asked_for(
    call: Call, about: Mapping[str, tuple[Resource, int]], written: Mapping[str, int]
) -> dict[str, list[Numbered]]:
    if not about:
        return {}
    prepared.flush()
    named = {address: _references(one) for address, (one, _) in about.items()}
    targets = {call.target(one) for references in named.values() for one in references}
    entries = _known(targets - written.keys()) | dict(written)
    found = {}
    for address, (_, resident) in about.items():
        ids = [entries[target] for one in named[address] if (target := call.target(one)) in entries]
        found[address] = _newest(resident, ids) or _by_number(call, resident, named[address])
    return {address: ones for address, ones in found.items() if ones}


def _references(resource: Resource) -> list[Resource]:
    return [*listed(resource.get("basedOn")), *listed(resource.get("focus"))]


def _by_number(call: Call, resident: int, references: Iterable[Resource]) -> list[Numbered]:
    """By the order's number beside the reference, as systems write it that do not know the resource: of those that the
    client's institution may mean."""
    by = call.sender.institution_id
    for one in references:
        number = _identifier(text((one.get("identifier") or {}).get("value")))
        found = orders.spoken_of(by=by, resident=resident, placer=number, filler=number, either=True)
        if meant := orders.of_one_asker(found, number):
            return meant
        if found or orders.of_others(by=by, resident=resident, placer=number, filler=number):
            call.remarks.append(
                str(phrase("没有对到申请：{why}", why=phrase(rule.SEVERAL if found else rule.NOT_MEANT)))
            )
    return []


def leading(wanted: Mapping[str, Wanted], answered: Mapping[str, list[Numbered]]) -> dict[str, Wanted]:
    """The reports, each leading to the order that it answers."""
    return {
        address: replace(one, told=replace(one.told, detail=dict(one.told.detail) | {"order": answered[address][0].id}))
        if address in answered else one
        for address, one in wanted.items()
    }  # fmt: skip


def close(
    call: Call, wanted: Mapping[str, Wanted], answered: Mapping[str, list[Numbered]], entries: Mapping[str, int]
) -> None:
    """Each order says how far its report has brought it, and leads to it; anybody else's report leads to the order,
    which stays as it was."""
    for address, ones in answered.items():
        state = codes.REPORT_STATES.get(text(wanted[address].resource.get("status")), "")
        if state and address in entries:
            theirs = _theirs(call, wanted[address].resource, ones, orders.may_close, rule.NOT_CLOSED)
            orders.answered(orders=theirs, report=entries[address], state=state)


def _theirs(
    call: Call, resource: Resource, ones: Iterable[Numbered], may: Callable[[Numbered, int], bool], why: str
) -> list[Numbered]:
    """The orders that the client's institution may bring on; of others the outcome says why they stay as they were."""
    found = list(ones)
    theirs = [one for one in found if may(one, call.sender.institution_id)]
    if others := len(found) - len(theirs):
        kind = text(resource.get("resourceType"))
        call.remarks.append(
            str(phrase("{kind} 没有改变 {n} 项申请的进度：{why}", kind=kind, n=others, why=phrase(why)))
        )
    return theirs


def move(call: Call, written: Mapping[str, int]) -> None:
    """Tasks say how far orders are: whoever carries them out tells so, or whoever asked; nobody else."""
    tasks = {address_of(one): one for one in call.of("Task") if text(one.get("status")) in codes.TASK_STATES}
    about = {address: (one, person) for address, one in tasks.items()
             if _references(one) and (person := persons.resident_of(call, one)) is not None}  # fmt: skip
    for address, ones in _asked_for(call, about, written).items():
        theirs = _theirs(call, tasks[address], ones, orders.may_move, rule.NOT_MOVED)
        orders.moved(orders=theirs, state=codes.TASK_STATES[text(tasks[address]["status"])])
