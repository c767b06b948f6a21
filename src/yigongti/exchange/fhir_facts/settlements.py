"""What ExplanationOfBenefit and ClaimResponse say of a settlement, as the fund takes it in, or why it cannot be one."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from yigongti.exchange.fhir_facts import persons
from yigongti.exchange.fhir_facts.calls import Call, address_of
from yigongti.exchange.fhir_facts.words import Resource, code_of, day, first_code, listed, name_of, number, said, text
from yigongti.exchange.models import Sender
from yigongti.exchange.policy import fhir_claims as codes
from yigongti.exchange.policy.fhir_systems import ID_CARD, INSURANCE_NUMBER
from yigongti.fund.actions import ToldClaim, take_in_claims, withdraw_claims
from yigongti.fund.queries import standing, told_as
from yigongti.kernel.language import listed as several
from yigongti.kernel.language import phrase
from yigongti.organisations.queries import institutions_by_name


OF_ITS_OWN = frozenset(codes.AMOUNTS) - {"submitted", "eligible", "benefit", "deductible", "paidbypatient"}
DELETED = "来源方删除"
NO_LONGER = "来源方更正：已改号、注明录入有误，或不再是结算"
OUTCOMES = {"new": "new", "corrected": "version", "same": "same"}


class Unsaid(Exception):
    """What keeps it from being a settlement of the fund's, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A settlement with the claim that it answers, where it came along."""

    settled: Resource
    claim: Resource
    call: Call

    def first(self, name: str) -> Any:
        """An element of the settlement, else of the claim."""
        return self.settled.get(name) or self.claim.get(name)

    def behind(self, reference: Any) -> Resource:
        """The resource that a Reference means, contained ones too; empty where it is not known."""
        named = text(reference.get("reference")) if isinstance(reference, dict) else ""
        if named.startswith("#"):
            inside = [*listed(self.settled.get("contained")), *listed(self.claim.get("contained"))]
            return next((one for one in inside if one.get("id") == named[1:]), {})
        return self.call.behind(reference) or {}

    def sides(self, reference: Any) -> list[Resource]:
        """The reference itself and what it means: either may bear an identifier."""
        return [*listed(reference), self.behind(reference)]


def take(call: Call) -> None:
    """Write every settlement among the resources into the fund; counts what became of each, and says why not."""
    told: list[tuple[Resource, ToldClaim]] = []
    for one in call.of(*codes.SETTLED):
        paper = _paper(one, call)
        try:
            if one.get("status") == "entered-in-error":
                raise Unsaid(phrase("注明录入有误"))
            if one.get("use", "claim") != "claim":
                raise Unsaid(phrase("是预核定或预授权，还没有结算"))
            told.append((paper.settled, _told(paper)))
        except Unsaid as why:
            _not_taken(call, paper.settled, why)
    keys = {address_of(one): (claim.numbering, claim.number) for one, claim in told}
    _withdraw(call, call.resources, keys, NO_LONGER)
    if told:
        _take(call, told)


def withdraw(call: Call, gone: Collection[str]) -> None:
    """Take back what resources have told that are gone now."""
    _withdraw(call, gone, {}, DELETED)


def _withdraw(call: Call, addresses: Iterable[str], still: Mapping[str, tuple[str, str]], why: str) -> None:
    """Take back every version that these resources have told under a number that they do not bear `still`: with the
    last alone, the one before it would count again."""
    names = {one for one in addresses if one.partition("/")[0] in codes.SETTLED} - call.fresh
    told = (
        [one for source in _sources(call) for one in told_as(for_=call.by, source=source, names=names)] if names else []
    )
    over = [one for one in told if (one.numbering, one.number) != still.get(one.told_as)]
    if over:
        withdraw_claims(by=call.by, ids=[one.id for one in over], why=why)
    if counted := sum(one.stands for one in over):
        call.remarks.append(str(phrase("撤回先前记成的医保结算 {n} 条", n=counted)))


def _source(call: Call) -> str:
    return f"fhir:{call.sender.pk}"


def _sources(call: Call) -> list[str]:
    """All clients of the institution: what one of them told, the others may correct and take back."""
    theirs = Sender.objects.filter(institution=call.sender.institution_id, channel="fhir").order_by("pk")
    return [f"fhir:{pk}" for pk in theirs.values_list("pk", flat=True)]


def _paper(resource: Resource, call: Call) -> Paper:
    answered = call.behind(resource.get("request")) if resource.get("resourceType") == "ClaimResponse" else None
    return Paper(settled=resource, claim=answered or {}, call=call)


def _not_taken(call: Call, resource: Resource, why: object) -> None:
    call.count(resource, "kept")
    kind = resource.get("resourceType")
    call.remarks.append(str(phrase("{kind} 没有记成医保结算：{why}", kind=kind, why=str(why).rstrip("。"))))


def _take(call: Call, told: list[tuple[Resource, ToldClaim]]) -> None:
    """What another source told of is that source's to correct."""
    there = {(one.numbering, one.number): one.source for one in
             standing(for_=call.by, numbers=[one.number for _, one in told])}  # fmt: skip
    ours = _sources(call) if there.keys() & {(one.numbering, one.number) for _, one in told} else ()
    mine = []
    for resource, one in told:
        if there.get((one.numbering, one.number)) in (None, *ours):
            mine.append((resource, one))
        else:
            _not_taken(call, resource, phrase("这个编号的结算由别的来源送来过"))
    if mine:
        _write(call, mine)


def _write(call: Call, mine: list[tuple[Resource, ToldClaim]]) -> None:
    places = institutions_by_name(for_=call.by, names={one.institution_name for _, one in mine})
    claims = [replace(one, institution_id=places.get(one.institution_name)) for _, one in mine]
    receipt = take_in_claims(by=call.by, claims=claims, source=_source(call))
    results = list(zip(mine, receipt.data["claims"], strict=True))
    for (resource, _), outcome in results:
        if outcome["what"] == "refused":
            _not_taken(call, resource, outcome["why"])
        else:
            call.count(resource, OUTCOMES[outcome["what"]])
    refused = [address_of(one) for (one, _), outcome in results if outcome["what"] == "refused"]
    _withdraw(call, refused, {}, NO_LONGER)


# --- from a paper to what the fund is told


def _told(paper: Paper) -> ToldClaim:
    key, settled_on = _key(paper), _settled_on(paper)
    coverage, kind = _insured_kind(paper), _visit_kind(paper)
    place, code, division = _place(paper)
    amounts, lacking = _amounts(paper), []
    for part, word in ((key, "经办区划（insurer）"), (settled_on, "结算日期"), (coverage, "参保类别（Coverage.type）"),
                       (kind, "就医类别"), (place, "就医机构"), (amounts.get("total"), "总费用")):  # fmt: skip
        if part in (None, ""):
            lacking.append(word)
    if lacking or key is None or settled_on is None:
        raise Unsaid(phrase("没有写明{what}", what=several(lacking)))
    spent = paper.first("billablePeriod")
    begins, ends = (day(spent.get(end)) for end in ("start", "end")) if isinstance(spent, dict) else (None, None)
    diagnoses = _diagnoses(paper)
    return ToldClaim(
        insurer=key[0], number=key[1], settled_on=settled_on, insured_kind=coverage, visit_kind=kind,
        institution_name=place, institution_code=code, institution_division=division,
        cancelled=paper.settled.get("status") == "cancelled", admitted_on=begins, discharged_on=ends,
        diagnosis_code=diagnoses[0][0] if diagnoses else "", diagnosis_name=diagnoses[0][1] if diagnoses else "",
        other_diagnoses=tuple(code for code, _ in diagnoses[1:] if code), **_who(paper), **amounts,
        detail={"fhir": f"{paper.settled['resourceType']}/{paper.settled['id']}"},
    )  # fmt: skip


def _key(paper: Paper) -> tuple[str, str] | None:
    """The insurer's division and its number of the settlement; the resource's id where it has no other."""
    values = [text(one.get("value")) for side in paper.sides(paper.first("insurer"))
              for one in listed(side.get("identifier"))]  # fmt: skip
    insurer = next((one for one in values if re.fullmatch(codes.DIVISION, one)), "")
    return (insurer, _number(paper.settled)) if insurer else None


def _number(settled: Resource) -> str:
    own = (text(one.get("value")) for one in listed(settled.get("identifier")))
    return next(own, "") or str(settled["id"])


def _settled_on(paper: Paper) -> date | None:
    paid = paper.settled.get("payment")
    written = (paid.get("date") if isinstance(paid, dict) else None) or paper.settled.get("created")
    return day(written) if len(text(written)) >= len("2026-01-01") else None


def _insured_kind(paper: Paper) -> str:
    for one in listed(paper.first("insurance")):
        kind = paper.behind(one.get("coverage")).get("type")
        for word in (first_code(kind), said(kind)):
            if word in codes.INSURED_KINDS:
                return codes.INSURED_KINDS[word]
    return ""


def _visit_kind(paper: Paper) -> str:
    concepts = [paper.first("subType"), paper.first("type")]
    written = [text(part.get("code")) for one in listed(concepts) for part in listed(one.get("coding"))]
    for code in written:
        found = codes.VISIT_KINDS.get(code) or (codes.VISIT_KINDS.get(code[:2]) if code[:2].isdecimal() else None)
        if found:
            return found
    return _by_encounter(paper)


def _by_encounter(paper: Paper) -> str:
    visits = [visit for one in listed(paper.first("item")) for visit in listed(one.get("encounter"))]
    classes = [paper.behind(one).get("class") for one in visits]
    return next((codes.BY_ENCOUNTER[code] for one in listed(classes) if (code := text(one.get("code")))
                 in codes.BY_ENCOUNTER), "")  # fmt: skip


def _place(paper: Paper) -> tuple[str, str, str]:
    """Name, number and division of where care was given: the number says the division."""
    where = paper.first("facility") or paper.first("provider") or paper.first("requestor")
    sides = paper.sides(where)
    named = [text(one.get("display")) or _name(one) for one in reversed(sides)]
    numbers = [text(one.get("value")) for side in sides for one in listed(side.get("identifier"))]
    for shape in (codes.INSTITUTION_CODE, codes.CREDIT_CODE):
        for one in numbers:
            if read := re.fullmatch(shape, one):
                return next(filter(None, named), ""), one, read[1]
    return next(filter(None, named), ""), next(iter(numbers), "")[:40], ""


def _name(resource: Resource) -> str:
    name = resource.get("name")
    return text(name) if isinstance(name, str) else ""


def _who(paper: Paper) -> dict[str, Any]:
    """Our match, and name and numbers as they were sent."""
    patient = paper.behind(paper.settled.get("patient"))
    numbers = listed(patient.get("identifier"))
    return {
        "resident_id": persons.resident_of(paper.call, paper.settled), "name": name_of(patient.get("name"))[:100],
        "id_card": _numbered(numbers, ID_CARD)[:40], "insurance_no": _numbered(numbers, INSURANCE_NUMBER)[:60],
    }  # fmt: skip


def _numbered(numbers: Iterable[Resource], systems: frozenset[str]) -> str:
    return next((text(one.get("value")) for one in numbers if text(one.get("system")) in systems), "")


def _diagnoses(paper: Paper) -> list[tuple[str, str]]:
    """Code (ICD-10 alone) and name, in their sequence."""
    rows = sorted(listed(paper.first("diagnosis")), key=lambda one: one.get("sequence") or 0)
    found = []
    for one in rows:
        concept = one.get("diagnosisCodeableConcept") or paper.behind(one.get("diagnosisReference")).get("code")
        system, code = code_of(concept)
        if said(concept):
            found.append((code[:20] if system == "icd10" else "", said(concept)[:200]))
    return found


def _amounts(paper: Paper) -> dict[str, Any]:
    """Whole 分 by column. Raises Unsaid for other money, and for parts of a 分."""
    found: dict[str, Any] = {}
    for one in listed(paper.settled.get("total")):
        code = first_code(one.get("category"))
        column = codes.AMOUNTS.get(code, "")
        if column and (column not in found or code in OF_ITS_OWN):
            found[column] = _fen(one.get("amount") or {})
    if "total" not in found and isinstance(paper.claim.get("total"), dict):
        found["total"] = _fen(paper.claim["total"])
    return found


def _fen(money: Mapping[str, Any]) -> int:
    currency, value = text(money.get("currency")), number(money.get("value"))
    if currency != codes.CURRENCY:
        raise Unsaid(phrase("金额不是人民币（{currency}）", currency=currency or "?"))
    if value is None or value * 100 != (value * 100).to_integral_value(context=None):
        raise Unsaid(phrase("金额不到分或没有写"))
    return int(value * Decimal(100))
