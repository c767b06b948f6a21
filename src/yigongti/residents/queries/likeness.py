"""Who may already be registered: candidates by index, reasons in words, those outside one's bases masked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from yigongti.kernel.access import bases
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.parameters import values
from yigongti.residents import codes, pinyin
from yigongti.residents.models import Identifier, Resident
from yigongti.residents.particulars import Particulars
from yigongti.residents.policy.likeness import Reason, reason
from yigongti.residents.queries.beyond import Masked, masked


@dataclass(frozen=True, slots=True, kw_only=True)
class Likely:
    """One registration that may be the same human: why, how strongly, and the person — or the mask outside a basis."""

    person: Resident
    reasons: Sequence[Reason]
    score: int
    mask: Masked | None

    @property
    def why(self) -> str:
        """The reasons in words."""
        return "；".join(r.says for r in self.reasons)


def likely_duplicates(
    *, for_: Actor, of: Particulars, papers: Sequence[str] = (), but: int | None = None
) -> list[Likely]:
    """Registrations that look like this person, strongest first; all that reach residents.likely_score."""
    least = values.number("residents.likely_score")
    with_paper = (
        set(Identifier.objects.filter(value__in=papers).values_list("resident_id", flat=True)) if papers else set()
    )
    scored = [(person, reasons_between(of, person, person.pk in with_paper)) for person in _candidates(of, with_paper)]
    strong = [(p, rs) for p, rs in scored if rs and rs[0].score >= least and p.master_id != but]
    open_to = _reachable(for_, [p.master_id for p, _ in strong])
    found: dict[int, Likely] = {}
    for person, reasons in sorted(strong, key=lambda pair: (-pair[1][0].score, pair[0].pk)):
        known = person.master_id in open_to
        found.setdefault(
            person.master_id,
            Likely(
                person=person.master,
                reasons=reasons,
                score=reasons[0].score,
                mask=None if known else masked(person.master, for_=for_, found=reasons[0].proves),
            ),
        )
    return list(found.values())


def _reachable(for_: Actor, ids: Sequence[int]) -> set[int]:
    if not ids:
        return set()
    return set(Resident.objects.filter(bases.reachable_condition(for_=for_), pk__in=ids).values_list("pk", flat=True))


def _candidates(of: Particulars, with_paper: set[int]) -> list[Resident]:
    either = Q(birth_date=of.birth_date)
    if of.id_card:
        either |= Q(id_card__in=[of.id_card, *codes.one_slip_from(of.id_card)])
    if of.phone:
        either |= Q(phone=of.phone)
    if with_paper:
        either |= Q(pk__in=with_paper)
    return list(Resident.objects.filter(either).select_related("master__managing", "managing"))


def reasons_between(of: Particulars | Resident, other: Resident, same_paper: bool = False) -> list[Reason]:
    """Every reason to think of one human, strongest first."""
    spelled = of.pinyin if isinstance(of, Resident) else pinyin.spell(of.name)[0]
    sound = spelled == other.pinyin
    born = of.birth_date == other.birth_date
    phone = bool(of.phone) and of.phone == other.phone
    said = {
        "same_id_card": bool(of.id_card) and of.id_card == other.id_card,
        "same_paper": same_paper,
        "same_name_and_birth": born and of.name == other.name,
        "id_card_one_slip": sound and other.id_card in codes.one_slip_from(of.id_card),
        "same_sound_birth_sex": born and sound and of.sex == other.sex,
        "same_phone_and_name": phone and of.name == other.name,
        "same_phone_and_birth": phone and born and of.sex == other.sex,
    }
    return sorted((reason(code) for code, holds in said.items() if holds), key=lambda r: -r.score)
