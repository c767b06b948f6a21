"""Whom an image or a recording is of: by the sender's number, by a card that holds, or as data staff have decided.

A modality's number and name are typed in a hurry; where they do not say enough, or say something else than before, the
message waits and somebody of the data staff says whose it is. That is remembered with the number and the name as sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection

from yigongti.exchange.matching import ToldPerson, known_persons, person_of, remember
from yigongti.exchange.models import KnownPerson, Sender
from yigongti.kernel import clock
from yigongti.kernel.parameters import values
from yigongti.kernel.refusal import BadValue, Refusal
from yigongti.residents.actions.arriving import agrees


SEXES = {"male": "1", "female": "2"}
PATIENT = "病人身份"
"""Where a message stands that waits for its person."""
NUMBER, AS, OWN = "number", "as", "own"
HAND = "hand"
"""How a number came to mean somebody where data staff have said so."""
"""Systems of numbers: the patient's with the sender; that number with the name as sent; the study's or recording's."""
LONGEST = 120


class Unidentified(BadValue):
    """这份检查对不到人：{why}。请数据员核对后对到居民。"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """Who a file says was examined; every part may be empty. `own` is the number of what was examined itself."""

    own: str
    number: str = ""
    issuer: str = ""
    others: tuple[str, ...] = ()
    name: str = ""
    sex: str = ""
    born: date | None = None

    @property
    def system(self) -> str:
        """Whose numbering the patient's number is of."""
        return f"{NUMBER}|{self.issuer}"[:80]

    @property
    def decided_by(self) -> list[tuple[str, str]]:
        """By what a decision by hand is found, the first that is known: this very study, the number under this name."""
        return [(OWN, self.own[:LONGEST]), *([self.named_number] if self.number else [])]

    @property
    def named_number(self) -> tuple[str, str]:
        """The number together with the name as sent: what a decision by hand holds for."""
        return AS, f"{self.number}|{''.join(self.name.split()).casefold()}"[:LONGEST]


def resident_of(*, sender: Sender, sent: Sent) -> int:
    """The resident; registers one who is told well enough. Raises Unidentified."""
    alone(f"{sender.pk}|{sent.number or sent.own}")
    decided = decided_for(sender=sender, sent=sent)
    if decided is not None:
        return decided
    told = _told(sent)
    lacking = [word for word, part in (("姓名", told.name), ("出生日期", told.born or told.id_card)) if not part]
    if lacking:
        raise _unidentified(sent, f"没有{'和'.join(lacking)}")
    try:
        return person_of(sender=sender, told=told)
    except Refusal as why:
        raise _unidentified(sent, str(why), rule=why.rule or why.code) from why


def _unidentified(sent: Sent, why: str, rule: str = "") -> Unidentified:
    return Unidentified(field=PATIENT, rule=rule, value=sent.own, why=why.rstrip("。"))


def alone(key: str) -> None:
    """Wait for whoever has the same in hand: of two objects of one unknown patient the second finds the first's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"exchange.imaging|{key}"])


def decided_for(*, sender: Sender, sent: Sent) -> int | None:
    """Whom data staff have said it is: this very study, or this number under this name."""
    for key in sent.decided_by:
        found = known_persons(sender=sender, numbers=[key])
        if found:
            return found.pop()
    return None


def decide(*, sender: Sender, sent: Sent, resident: int) -> None:
    """Remember a decision by hand. A number that already means somebody keeps meaning them under their own name."""
    now = clock.now()
    for system, value in sent.decided_by:
        said = {"resident_id": resident, "how": HAND}
        row, made = KnownPerson.objects.get_or_create(
            sender=sender, system=system, value=value, defaults={**said, "matched_at": now}
        )
        if not made and (row.resident_id, row.how) != (resident, HAND):  # else it holds since it was said first
            KnownPerson.objects.filter(pk=row.pk).update(**said, matched_at=now)
    if sent.number:
        remember(sender=sender, numbers=[(sent.system, sent.number[:LONGEST])], resident=resident, how=HAND)


def _told(sent: Sent) -> ToldPerson:
    sex = SEXES.get(sent.sex, "")
    # Fifteen digits are no card here: they carry no check digit, and many a system counts its patients in as many.
    cards = [one for one in (sent.number, *sent.others) if len(one) == 18 and agrees(one, sex=sex, born=sent.born)]
    card = cards[0] if cards else ""
    own = ((sent.system, sent.number[:LONGEST]),) if sent.number and sent.number != card else ()
    return ToldPerson(numbers=own, name=_name(sent.name), sex=sex or _sex_of(card), born=sent.born, id_card=card)


def _sex_of(card: str) -> str:
    """The seventeenth digit, odd for men: who is told by card alone is not of unknown sex."""
    return ("2", "1")[int(card[16]) % 2] if card else ""


def _name(text: str) -> str:
    words = values.value("exchange.names_of_nobody")
    nobody = {one.casefold() for one in (words if isinstance(words, tuple) else ())}
    return "" if text.strip().casefold() in nobody else text.strip()
