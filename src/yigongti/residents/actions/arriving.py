"""A person whom another system tells of: found by paper, or registered, with the pair put before data staff if unsure.

To write into the wrong person's record is worse than to have one person twice: only a paper decides here. A likeness
by name and birth raises a suspicion, and the merge that data staff decide can be undone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from yigongti.kernel import clock, event
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.action.gate import Receipt, action
from yigongti.kernel.language import phrase
from yigongti.organisations.queries import open_institutions
from yigongti.residents.actions.ahead import record_no_ahead, temporary_no_ahead
from yigongti.residents.actions.registration import insert, registered
from yigongti.residents.codes import Unfit, id_card
from yigongti.residents.models import Identifier, Resident
from yigongti.residents.particulars import Particulars, read
from yigongti.residents.queries.alike import Identity
from yigongti.residents.queries.likeness import likely_duplicates
from yigongti.residents.suspicions import suspect


SAME = 95
"""A score of `policy/likeness.py` from which on it is one human: the same ID card or paper."""


@action("residents.take_in")
def take_in(*, by: Actor, typed: Mapping[str, str], papers: Sequence[tuple[str, str]] = (), managing: int) -> Receipt:
    """收进一位外部系统说到的人。"""
    person = read(typed)
    likely = likely_duplicates(for_=by, of=person, papers=[value for _, value in papers])
    if likely and likely[0].score >= SAME:
        return _receipt(likely[0].person, "known")
    fresh = _register(by, person, papers, managing)
    suspect(by=by, person=fresh, likely=likely)
    event.announce(registered, by=by, facts={"resident": fresh.pk})
    return _receipt(fresh, "suspected" if likely else "new")


def _register(by: Actor, person: Particulars, papers: Sequence[tuple[str, str]], managing: int) -> Resident:
    place = open_institutions().get(pk=managing)
    fresh = insert(by, person, place, record_no=record_no_ahead(person.lives_division or place.division))
    kept = [Identifier(resident=fresh, system=system, value=value) for system, value in papers]
    if not person.id_card and not kept:
        kept = [Identifier(resident=fresh, system="temporary", value=temporary_no_ahead(place.division))]
    Identifier.objects.bulk_create(kept)
    return fresh


def _receipt(resident: Resident, how: str) -> Receipt:
    master = resident.master_id
    return Receipt(
        number=resident.record_no, done=phrase("{name}", name=resident.name), persons=(master,),
        subject=f"residents.Resident:{master}", data={"resident": master, "how": how},
    )  # fmt: skip


def agrees(card: str, *, sex: str, born: date | None) -> bool:
    """Whether an ID card number holds and says of its bearer what the sender says; by another nobody is found."""
    try:
        read = id_card(card, today=clock.today())
    except Unfit:
        return False
    return sex in ("", "0", "9", read.sex) and born in (None, read.birth_date)


def identity_of(resident: int) -> Identity:
    """Who is registered there, of somebody whom a sender means: to be compared, not to be shown."""
    return Identity.read([resident])[resident]
