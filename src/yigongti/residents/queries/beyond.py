"""Beyond one's bases: a person is found only by a full number, or full name and birth date — one hit, masked."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from django.core import signing

from yigongti.kernel import clock
from yigongti.kernel.access import bases
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.language import say
from yigongti.kernel.parameters import values
from yigongti.residents import codes, labels, masking
from yigongti.residents.models import Identifier, Resident
from yigongti.residents.queries import misses
from yigongti.residents.refusals import Guessing


SALT = "residents.found"
SHORTEST = 6
"""Characters that a number has at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Masked:
    """What is shown before a basis is stated; `proof` says that this post found the person by a full number."""

    person_id: int
    name: str
    sex: str
    born: str
    where: str
    proof: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Beyond:
    """The one hit, or what hinders it in words: a number that breaks its rule, or several people alike."""

    hit: Masked | None = None
    hindered: str = ""


def find_beyond(*, for_: Actor, text: str) -> Beyond:
    """Whom a full number, or a full name and birth date, means — if the actor has no basis for them yet.

    Finding nobody is counted: a post that guesses is stopped until an hour has fewer of them.
    """
    if not _asks(text):
        return Beyond()
    try:
        with misses.looking(for_=for_, text=codes.plain(text)) as tell:
            masters, hindered = _masters(text)
            tell(bool(masters))
    except Guessing as refusal:
        misses.refused(for_=for_, refusal=refusal)
        return Beyond(hindered=refusal.sentence)
    return _one_of(masters, for_) if masters else Beyond(hindered=hindered)


def _masters(text: str) -> tuple[set[int], str]:
    persons, hindered = _meant(text)
    found = Resident.objects.filter(pk__in=persons).values_list("master_id", flat=True) if persons else ()
    return set(found), hindered


def _one_of(masters: set[int], for_: Actor) -> Beyond:
    if len(masters) > 1:
        return Beyond(hindered=say("有不止一人与此相符，请用身份证号或卡号查找。"))
    person = Resident.objects.select_related("managing").get(pk__in=masters)
    if Resident.objects.filter(bases.reachable_condition(for_=for_), pk=person.pk).exists():
        return Beyond()
    return Beyond(hit=masked(person, for_=for_))


def masked(person: Resident, *, for_: Actor, found: bool = True) -> Masked:
    """The person before a basis is stated; `found` when a full number, or name and birth date, led here."""
    return Masked(
        person_id=person.pk,
        name=masking.name(person.name),
        sex=labels.SEX[person.sex],
        born=masking.born(person.birth_date),
        where=str(person.managing),
        proof=signing.dumps([for_.post_id, person.pk], salt=SALT) if found else "",
    )


def proven(*, for_: Actor, proof: str) -> int | None:
    """The person that this post found not long ago by a full number; None for anything else."""
    try:
        post_id, person_id = signing.loads(proof, salt=SALT, max_age=values.number("residents.found_minutes") * 60)
    except (signing.BadSignature, ValueError):
        return None
    return int(person_id) if post_id == for_.post_id else None


def _parts(text: str) -> tuple[list[str], list[str]]:
    words = unicodedata.normalize("NFKC", text).split()
    dated = [w for w in words if any(c.isdigit() for c in w)]
    return [w for w in words if w not in dated], dated


def _asks(text: str) -> bool:
    """Whether this could mean anybody: a number, or a full name and a whole birth date."""
    named, dated = _parts(text)
    if not named or not dated:
        return not named and len(codes.plain(text)) >= SHORTEST
    try:
        codes.person_name(" ".join(named))
        codes.birth_date(" ".join(dated), today=clock.today())
    except codes.Unfit:
        return False
    return True


def _meant(text: str) -> tuple[list[int], str]:
    named, dated = _parts(text)
    if named and dated:
        return _by_name_and_birth(" ".join(named), " ".join(dated)), ""
    return ([], "") if named else _by_number(codes.plain(text))


def _by_name_and_birth(name: str, day: str) -> list[int]:
    try:
        full, born = codes.person_name(name), codes.birth_date(day, today=clock.today())
    except codes.Unfit:
        return []
    return list(Resident.objects.filter(birth_date=born, name=full).values_list("pk", flat=True)[:9])


def _by_number(number: str) -> tuple[list[int], str]:
    if len(number) < SHORTEST:
        return [], ""
    papers = list(Identifier.objects.filter(value=number, ended_on=None).values_list("resident_id", flat=True)[:9])
    if len(number) not in (15, 18) or not number[:-1].isdecimal():
        return papers, ""
    try:
        card = codes.id_card(number, today=clock.today()).number
    except codes.Unfit as unfit:
        return papers, say("身份证号：{rule}。", rule=say(unfit.rule, **unfit.facts))
    return [*Resident.objects.filter(id_card=card).exclude(id_card="").values_list("pk", flat=True)[:9], *papers], ""
