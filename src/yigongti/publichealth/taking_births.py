"""Births: taken in, the child found by its own paper or by its certificate; otherwise its registration is offered."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.db.models import Q

from yigongti.kernel import clock, event, versions
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.action.gate import Receipt, action
from yigongti.kernel.language import say
from yigongti.kernel.refusal import Missing, Refusal
from yigongti.publichealth import receipts
from yigongti.publichealth.doubting_births import against_child, doubts
from yigongti.publichealth.models import Birth
from yigongti.publichealth.told import BIRTH_MATCHES, ToldBirth, birth_columns, wrong_birth
from yigongti.residents.actions.arriving import take_in as take_in_person
from yigongti.residents.queries.certificates import SYSTEM, certificates_of, children_of
from yigongti.residents.queries.registered import just_registered, registered_as


LEFT = "登记的新生儿还在，需要的请数据员处理"
SHAPE = versions.Shape(
    model=Birth, matches=BIRTH_MATCHES, wrong=lambda told: list(wrong_birth(told)), columns=birth_columns
)


@action("publichealth.take_in_births", permission="publichealth.take_in")
def take_in_births(*, by: Actor, births: Sequence[ToldBirth], source: str) -> Receipt:
    """收进出生医学证明。

    `data["births"]` says of each what became of it: new, same, corrected, refused and why, or contradicts and why: such
    a one is kept and matched to nobody. A child with an ID card of its own is registered where its mother is managed;
    any other is registered by whoever looks after the mother.
    """
    against = doubts(for_=by, births=births)
    sure = [replace(one, mother_id=None, newborn_id=None) if words else one
            for one, words in zip(births, against, strict=True)]  # fmt: skip
    outcomes = versions.take_in(SHAPE, sure, source=source)
    why = _doubted({one.id: words for one, words in zip(outcomes, against, strict=True) if one.id})
    why |= _find_children(by, [one.id for one in outcomes if one.id])
    persons = {key for one, said in zip(sure, outcomes, strict=True) if said.what != "refused"
               for key in (one.mother_id, one.newborn_id) if key}  # fmt: skip
    said = [one.said() | ({"what": "contradicts", "why": why[one.id]} if one.id in why else {}) for one in outcomes]
    return receipts.taken(said, name="births", source=source, persons=persons, href="/publichealth/births")


@action("publichealth.withdraw_births", permission="publichealth.take_in")
def withdraw_births(*, by: Actor, ids: Sequence[int], why: str) -> Receipt:
    """撤回收错的出生证明（原样留着；已登记的新生儿不动）。

    `data["left"]` says, by withdrawn birth, that its newborn is still registered.
    """
    if not why.strip():
        raise Missing(field="why", label="撤回的理由")
    gone, again = versions.withdraw(Birth, ids, why=why)
    touched = Birth.objects.filter(pk__in=[*gone, *again]).values_list("mother_id", "newborn_id")
    persons = {key for pair in touched for key in pair if key}
    left = {pk: say(LEFT) for pk in _left(gone)}
    return receipts.withdrawn(gone, again, why=why, persons=persons, href="/publichealth/births", left=left)


def _left(gone: Sequence[int]) -> list[int]:
    """Withdrawn births whose newborn stays registered, and of whom no certificate speaks any more."""
    rows = Birth.objects.filter(pk__in=list(gone), newborn__isnull=False)
    spoken = set(
        Birth.objects.filter(stands=True, newborn__in=rows.values("newborn")).values_list("newborn", flat=True)
    )
    return [pk for pk, child in rows.order_by("pk").values_list("pk", "newborn") if child not in spoken]


def _doubted(against: Mapping[int, str]) -> dict[int, str]:
    """Say on each what speaks against it, or nothing any more; who is matched already stays so. Which are doubted."""
    rows = list(Birth.objects.filter(Q(mother=None, newborn=None) | ~Q(contradiction=""), pk__in=list(against)))
    changed = [one for one in rows if one.contradiction != against[one.pk][:200]]
    for one in changed:
        one.contradiction = against[one.pk][:200]
    Birth.objects.bulk_update(changed, ["contradiction"], batch_size=500)
    return {one.pk: against[one.pk] for one in rows if against[one.pk]}


def _find_children(by: Actor, ids: Iterable[int]) -> dict[int, str]:
    """Who holds the certificate already is the child; who came with a card of its own is found or registered by it.
    What speaks against such a child, by birth."""
    waiting = Birth.objects.filter(
        pk__in=list(ids), stands=True, cancelled=False, outcome="live", newborn=None, contradiction=""
    )
    rows = list(waiting.select_related("mother__master"))
    known = children_of(for_=by, certificates=[one.number for one in rows])
    found: dict[int, int] = {}
    for one in rows:
        child = known.get(one.number) or (_by_card(by, one) if one.newborn_id_card_told and one.mother else None)
        if child and child not in (one.mother_id, one.mother and one.mother.master_id):
            found[one.pk] = child
    registered = registered_as(for_=by, ids=found.values())
    for one in (one for one in rows if one.pk in found):
        child = found[one.pk]
        one.contradiction = "；".join(map(str, against_child(one.sex, one.born_at, registered[child])))[:200]
        one.newborn_id = None if one.contradiction else child
    named = [one for one in rows if one.pk in found]
    Birth.objects.bulk_update(named, ["newborn", "contradiction"], batch_size=500)
    return {one.pk: one.contradiction for one in named if one.contradiction}


def _by_card(by: Actor, birth: Birth) -> int | None:
    """The child by its own card; None where registration refuses it: whoever manages the mother is offered it."""
    mother = birth.mother.master if birth.mother else None
    if mother is None or not birth.newborn_name_told:
        return None
    typed = {
        "name": birth.newborn_name_told, "id_card": birth.newborn_id_card_told, "sex": birth.sex,
        "birth_date": birth.born_at.astimezone(clock.COUNTY_ZONE).date().isoformat(),
        "lives_address": mother.lives_address,
    }  # fmt: skip
    try:
        with transaction.atomic():
            papers = [(SYSTEM, birth.number)]
            done = take_in_person(by=by, key=uuid.uuid4(), typed=typed, papers=papers, managing=mother.managing_id)
    except Refusal:
        return None
    return int(done.data["resident"])


@event.on("residents.registered")
def registered(*, by: Actor, facts: Mapping[str, Any]) -> None:
    """A child just registered with its certificate is the child of that birth."""
    numbers = certificates_of(for_=by, resident=facts["resident"])
    if not numbers:
        return
    child = just_registered(for_=by, resident=facts["resident"])
    born = Birth.objects.filter(number__in=numbers, stands=True, outcome="live", newborn=None, contradiction="")
    for one in born.exclude(mother_id=facts["resident"]):
        if not any(against_child(one.sex, one.born_at, child)):
            Birth.objects.filter(pk=one.pk).update(newborn_id=facts["resident"])
