"""Register a resident or a newborn, and amend what is registered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from yigongti.kernel import clock, event
from yigongti.kernel.access import bases
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.action.gate import Receipt, action
from yigongti.kernel.language import listed, phrase
from yigongti.kernel.refusal import BadValue, NotFound, Refusal, raise_all
from yigongti.organisations.queries import institution_of, open_institutions
from yigongti.residents import labels
from yigongti.residents.actions.numbers import next_household_no, next_id, next_record_no, next_temporary_no
from yigongti.residents.actions.probing import counted, newcomer, other_card
from yigongti.residents.bases import managing_ids
from yigongti.residents.models import Household, Identifier, Resident
from yigongti.residents.particulars import Particulars, read
from yigongti.residents.queries.likeness import Likely, likely_duplicates
from yigongti.residents.refusals import (
    AlreadyRegistered,
    ChangedMeanwhile,
    LikelyDuplicate,
    NotManagedHere,
    NotMother,
    RegisteredElsewhere,
)
from yigongti.residents.suspicions import suspect


if TYPE_CHECKING:
    from yigongti.organisations.models import Institution


registered = event.declare("residents.registered", "居民已登记")
amended = event.declare("residents.amended", "居民登记已更正")

MOTHER_AGES = (10, 60)


@counted(newcomer)
@action("residents.register")
def register(*, by: Actor, typed: Mapping[str, str], managing: int | None = None, not_same: bool = False) -> Receipt:
    """登记居民。"""
    person = read(typed)
    place = _managing(by, managing)
    likely = likely_duplicates(for_=by, of=person)
    refuse_registered(likely)
    if likely and not not_same:
        raise LikelyDuplicate(field="not_same", count=len(likely))
    resident = insert(by, person, place)
    if not person.id_card:
        Identifier.objects.create(resident=resident, system="temporary", value=next_temporary_no(place.division))
    suspect(by=by, person=resident, likely=likely)
    event.announce(registered, by=by, facts={"resident": resident.pk})
    return _receipt(
        resident,
        done=phrase("{name}，档案号 {number}。", name=resident.name, number=resident.record_no),
        href=_see(resident),
    )


NEWBORN = "{mother}之子女"
"""What a child is called until it has a name: as the hospital writes it, in every language."""


@counted(newcomer)
@action("residents.register_newborn", permission="residents.newborn")
def register_newborn(
    *, by: Actor, mother: int, typed: Mapping[str, str], birth_certificate: str = "", not_same: bool = False
) -> Receipt:
    """登记新生儿。"""
    woman = reachable(by, mother)
    person = read({"no_papers": "1", "name": NEWBORN.format(mother=woman.name), **_as_mother(woman), **typed})
    refuse_as_mother(woman, person)
    likely = likely_duplicates(for_=by, of=person, papers=[birth_certificate] if birth_certificate else [])
    refuse_registered(likely)
    if likely and not not_same:
        raise LikelyDuplicate(field="not_same", count=len(likely))
    child = insert(by, person, woman.managing, mother=woman, household=_household(woman), household_role="child")
    system = "birth_certificate" if birth_certificate else "temporary"
    value = birth_certificate or next_temporary_no(woman.managing.division)
    Identifier.objects.create(resident=child, system=system, value=value)
    suspect(by=by, person=child, likely=likely)
    event.announce(registered, by=by, facts={"resident": child.pk, "mother": woman.pk})
    return _receipt(
        child,
        woman.pk,
        done=phrase(
            "{name}，母亲{mother}，档案号 {number}。", name=child.name, mother=woman.name, number=child.record_no
        ),
        href=_see(child),
    )


@counted(other_card, success_too=True)
@action("residents.amend")
def amend(*, by: Actor, resident: int, version: int, typed: Mapping[str, str]) -> Receipt:
    """更正居民登记。"""
    row = managed_here(by, resident)
    person = read(typed)
    if row.version != version:
        raise ChangedMeanwhile(who=_last_changed_by(row))
    refuse_registered([one for one in likely_duplicates(for_=by, of=person, but=row.pk) if one.score == 100])
    changed = _changes(row, person)
    if changed:
        _store(row, person, by)
        event.announce(amended, by=by, facts={"resident": row.pk, "fields": sorted(changed)})
    done = listed(labels.FIELD[name] for name in changed) if changed else phrase("没有改动")
    return _receipt(
        row, done=phrase("{name}：{done}。", name=row.name, done=done), href=_see(row), facts={"changed": changed}
    )


def reachable(by: Actor, resident: int) -> Resident:
    """The person's master row, if the actor has a basis now. Raises NotFound: whom one may not see does not exist."""
    masters = Resident.objects.filter(pk=resident).values("master_id")
    found = Resident.objects.filter(bases.reachable_condition(for_=by), pk__in=masters)
    return _one(found.select_related("managing", "household").first())


def managed_here(by: Actor, resident: int) -> Resident:
    """The person's master row, locked, if an institution within the actor's reach manages the record."""
    row = reachable(by, resident)
    if row.managing_id not in managing_ids(by):
        raise NotManagedHere(name=row.name, where=str(row.managing))
    return Resident.objects.select_for_update(of=("self",)).select_related("managing").get(pk=row.pk)


def _one(row: Resident | None) -> Resident:
    if row is None:
        raise NotFound
    return row


def refuse_registered(likely: Sequence[Likely]) -> None:
    """The same paper means the same person: no second registration, whoever confirms what."""
    for one in likely:
        if one.score < 95:
            continue
        if one.mask:
            raise RegisteredElsewhere(
                field="id_card", where=one.mask.where, name=one.mask.name, born=one.mask.born, resident=one.person.pk
            )
        where = str(one.person.managing)
        raise AlreadyRegistered(
            field="id_card", name=one.person.name, born=one.person.birth_date, where=where, resident=one.person.pk
        )


def _managing(by: Actor, chosen: int | None) -> Institution:
    own = institution_of(for_=by)
    wanted = chosen or (own.pk if own else None)
    place = open_institutions().filter(pk=wanted, pk__in=managing_ids(by)).first()
    if place is None:
        raise BadValue(
            field="managing", label=labels.FIELD["managing"], value=chosen or "", problem="请选择您所管辖的机构"
        )
    return place


def insert(by: Actor, person: Particulars, place: Institution, **more: Any) -> Resident:
    """Insert; two who register one paper at the same moment meet at the unique index, and the second is told."""
    number = next_id()
    columns = person.columns()
    columns["lives_division"] = person.lives_division or place.division
    more["record_no"] = more.get("record_no") or next_record_no(columns["lives_division"])
    row = Resident(
        id=number, master_id=number, managing=place, registered_at=clock.now(), registered_by_id=by.post_id,
        **columns, **more,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as taken:
        raise _told(taken, by, person) from taken
    return row


def _store(row: Resident, person: Particulars, by: Actor) -> None:
    for name, value in person.columns().items():
        setattr(row, name, value)
    row.version += 1
    row.changed_by_id = by.post_id
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as taken:
        raise _told(taken, by, person) from taken


def _told(taken: IntegrityError, by: Actor, person: Particulars) -> Exception:
    """What the loser of a race for one ID card is told: the same as one who came later."""
    if "resident_id_card_once" not in str(taken):
        return taken
    try:
        refuse_registered(likely_duplicates(for_=by, of=person))
    except Refusal as refusal:
        return refusal
    return taken


def _changes(row: Resident, person: Particulars) -> dict[str, list[str]]:
    """Old and new of every column that a correction touches: what the audit trail keeps."""
    new = {name: value for name, value in person.columns().items() if name in labels.FIELD}
    return {name: [str(getattr(row, name)), str(value)] for name, value in new.items() if getattr(row, name) != value}


def _last_changed_by(row: Resident) -> str:
    post = row.changed_by or row.registered_by
    return post.account.person_name if post else "他人"


def refuse_as_mother(woman: Resident, child: Particulars) -> None:
    """A mother is a living woman of an age to bear; whatever else is wrong is said with it."""
    age = _years(woman.birth_date, child.birth_date)
    problems = {
        "登记性别不是女": woman.sex != "2",
        phrase("孩子出生时 {age} 周岁", age=age): not MOTHER_AGES[0] <= age <= MOTHER_AGES[1],
        "已于孩子出生前去世": bool(woman.died_on and woman.died_on < child.birth_date),
    }
    raise_all(NotMother(field="mother", name=woman.name, problem=said) for said, holds in problems.items() if holds)


def _years(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _as_mother(woman: Resident) -> dict[str, str]:
    kept = ("lives_division", "lives_address", "register_division", "ethnicity", "phone")
    return {name: getattr(woman, name) for name in kept} | ({"phone_owner": "family"} if woman.phone else {})


def _household(woman: Resident) -> Household:
    if woman.household is None:
        woman.household = Household.objects.create(
            number=next_household_no(woman.lives_division or woman.managing.division),
            address=woman.lives_address, division=woman.lives_division or woman.managing.division,
            managing=woman.managing,
        )  # fmt: skip
        Resident.objects.filter(pk=woman.pk).update(household=woman.household)
    return woman.household


def _see(resident: Resident) -> str:
    return f"/residents/{resident.pk}"


def _receipt(resident: Resident, *others: int, done: str, href: str, facts: Mapping[str, Any] | None = None) -> Receipt:
    return Receipt(
        number=resident.record_no, done=done, href=href, persons=(resident.pk, *others),
        subject=f"residents.Resident:{resident.pk}", facts=facts or {}, data={"resident": resident.pk},
        next=phrase("由{managing}管理。", managing=resident.managing),
    )  # fmt: skip
