"""Claims taken in as told, and taken back. There is no third way to change one: nobody edits a claim here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import replace
from typing import Any

from yigongti.fund.models import Claim
from yigongti.fund.told import MATCHES, OTHER_NAME, UNMATCHED, columns_of, wrong_with
from yigongti.fund.told import ToldClaim as ToldClaim  # who tells of claims comes through this door
from yigongti.fund.told import checks as checks  # and asks what it would be refused for
from yigongti.kernel import versions
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.action.gate import Receipt, action
from yigongti.kernel.language import phrase, say
from yigongti.kernel.refusal import Missing
from yigongti.organisations.queries import the_county
from yigongti.residents.queries.agreeing import same_name
from yigongti.residents.queries.registered import registered_as


@action("fund.take_in_claims", permission="fund.take_in")
def take_in_claims(*, by: Actor, claims: Sequence[ToldClaim], source: str) -> Receipt:
    """收进医保局的结算单。

    `data["claims"]` says of each, in the order told, what became of it: new, same, corrected, or refused and why. One
    with the card of somebody of another name is matched to nobody and says so. `source` names the batch of ours.
    One entry of the trail stands for the whole call, with all persons.
    """
    county = the_county()
    division = county.division if county else ""
    others = _of_other_names(by, claims)
    sure = [replace(one, resident_id=None) if n in others else one for n, one in enumerate(claims)]
    doubted = {(claims[n].numbering, claims[n].number) for n in others}
    shape = versions.Shape(
        model=Claim, matches=MATCHES, wrong=lambda told: list(wrong_with(told, county=division)),
        columns=lambda told: _columns(told, division, doubted),
    )  # fmt: skip
    outcomes = versions.take_in(shape, sure, source=source)
    persons = {one.resident_id for one, said in zip(sure, outcomes, strict=True)
               if one.resident_id and said.what != "refused"}  # fmt: skip
    counted = Counter(one.what for one in outcomes)
    return Receipt(
        number=source, persons=tuple(persons), href="/fund", facts=dict(counted),
        done=phrase(
            "新收 {new} 条，更正 {corrected} 条，已有 {same} 条，不收 {refused} 条",
            **{what: counted[what] for what in ("new", "corrected", "same", "refused")},
        ),
        data={"claims": [one.said() | _why(n in others, one) for n, one in enumerate(outcomes)]},
    )  # fmt: skip


def _of_other_names(by: Actor, claims: Sequence[ToldClaim]) -> set[int]:
    """The places of claims whose card is that of somebody of another name: mistyped, or lent."""
    known = registered_as(for_=by, ids={one.resident_id for one in claims if one.resident_id})
    return {
        n for n, one in enumerate(claims)
        if one.resident_id in known and not same_name(one.name, known[one.resident_id].name)
    }  # fmt: skip


def _columns(told: ToldClaim, county: str, doubted: Container[tuple[str, str]]) -> dict[str, Any]:
    found = columns_of(told, county=county)
    if told.resident_id is None and (told.numbering, told.number) in doubted:
        found["detail"] = {**found["detail"], UNMATCHED: OTHER_NAME}
    return found


def _why(other_name: bool, outcome: versions.Outcome) -> dict[str, str]:
    return {"why": say(OTHER_NAME)} if other_name and outcome.what != "refused" else {}


@action("fund.withdraw_claims", permission="fund.take_in")
def withdraw_claims(*, by: Actor, ids: Sequence[int], why: str) -> Receipt:
    """撤回收错的结算单（原样留着，不再计数）。

    Where a correction is taken back, the version before it counts again.
    """
    if not why.strip():
        raise Missing(field="why", label="撤回的理由")
    gone, again = versions.withdraw(Claim, ids, why=why)
    touched = Claim.objects.filter(pk__in=[*gone, *again], resident__isnull=False)
    return Receipt(
        number=str(len(gone)), done=phrase("撤回 {n} 条，{again} 条恢复为之前的版本", n=len(gone), again=len(again)),
        persons=tuple(set(touched.values_list("resident_id", flat=True))), href="/fund",
        facts={"why": why.strip()[:200], "withdrawn": len(gone), "again": len(again)},
        data={"withdrawn": gone, "again": again},
    )  # fmt: skip
