"""A person whom another system tells of: found by paper, or registered, with the pair put before data staff if unsure.

To write into the wrong person's record is worse than to have one person twice: only a paper decides here. A likeness
by name and birth raises a suspicion, and the merge that data staff decide can be undone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache

from django.db import IntegrityError

from yigongti.kernel import clock, event, prepared
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.action.gate import Receipt, action
from yigongti.kernel.language import phrase
from yigongti.organisations.queries import open_institutions
from yigongti.residents.actions.ahead import record_no_ahead, temporary_no_ahead
from yigongti.residents.actions.registration import refuse_registered, registered
from yigongti.residents.codes import Unfit, id_card
from yigongti.residents.models import Resident
from yigongti.residents.particulars import Particulars, read
from yigongti.residents.queries.alike import Identity
from yigongti.residents.queries.likeness import likely_duplicates
from yigongti.residents.suspicions import suspect


DIVISION = """SELECT division FROM organisations_institution
WHERE unit_id = %(place)s AND (closed_on IS NULL OR closed_on >= %(day)s::date)"""
INSERT = """
WITH fresh AS (SELECT nextval(pg_get_serial_sequence('residents_resident', 'id')) AS id),
made AS (
  INSERT INTO residents_resident (id, master_id, {names})
  SELECT f.id, f.id, {names} FROM fresh f CROSS JOIN json_to_recordset(%(row)s) AS t({typed})
  ON CONFLICT (id_card) WHERE NOT (id_card = '') AND stands DO NOTHING RETURNING id),
papers AS (
  INSERT INTO residents_identifier (resident_id, system, value)
  SELECT m.id, p.system, p.value FROM made m CROSS JOIN json_to_recordset(%(papers)s) AS p(system text, value text))
SELECT id FROM made
"""
CARD_ONCE = "resident_id_card_once"
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
    """One statement for the person and what names them."""
    division = _division(managing)
    lives = person.lives_division or division
    fresh = Resident(**person.columns() | {"lives_division": lives}, record_no=record_no_ahead(lives),
                     managing_id=managing, registered_at=clock.now(), registered_by_id=by.post_id)  # fmt: skip
    if not person.id_card and not papers:
        papers = [("temporary", temporary_no_ahead(division))]
    row = {column: getattr(fresh, name) for column, name in _columns()}
    named = [{"system": system, "value": value} for system, value in papers]
    found = prepared.fetched(_insert(), {"row": prepared.dumped([row]), "papers": prepared.dumped(named)})
    if not found:  # somebody else was faster with the same card
        refuse_registered(likely_duplicates(for_=by, of=person))
        raise IntegrityError(CARD_ONCE)
    fresh.pk = fresh.master_id = found[0][0]
    return fresh


def _division(managing: int) -> str:
    found = prepared.fetched(DIVISION, {"place": managing, "day": clock.today()})
    return str(found[0][0]) if found else open_institutions().get(pk=managing).division


@cache
def _columns() -> tuple[tuple[str, str], ...]:
    """Of a row of the register, with the names of their attributes; its key and its master are given to it."""
    given = ("id", "master_id", "stands")
    return tuple((str(one.column), one.attname) for one in Resident._meta.concrete_fields if one.column not in given)


@cache
def _insert() -> str:
    names = tuple(column for column, _ in _columns())
    return INSERT.format(names=", ".join(names), typed=prepared.typed(Resident, names))


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
