"""What was sent of a person beside the resident whom data staff have in mind: field by field, differences told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from yigongti.exchange.documents import reading as documents
from yigongti.exchange.imaging import identity
from yigongti.exchange.imaging.persons import SEXES
from yigongti.exchange.models import Message
from yigongti.kernel.language import say
from yigongti.kernel.refusal import Refusal
from yigongti.residents.queries.agreeing import SAID, same_birth, same_name, same_sex, spelled_alike


Verdict = Literal["same", "alike", "differs", "untold"]
LABELS = {"name": "姓名", "sex": "性别", "born": "出生日期", "card": "身份证号"}


class NotSurelyTheSame(Refusal):
    """{what}和登记的对不上：确认是同一个人的，请勾选“确认是同一个人”，并写明依据。"""

    status = 422


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """Who something says it is of; what it does not say is empty."""

    name: str = ""
    sex: str = ""
    born: date | None = None
    card: str = ""
    number: str = ""
    at: datetime | None = None
    kind: str = ""


def paper_of(message: Message) -> Paper | None:
    """What a message that waits for its person says of them; None where that cannot be read."""
    if message.channel == "document":
        return _of_document(message)
    found = identity.read_again(message)
    if found is None:
        return None
    sent = found.sent
    cards = [one for one in (sent.number, *sent.others) if len(one) == 18]
    return Paper(
        name=sent.name, sex=SEXES.get(sent.sex, ""), born=sent.born, card=cards[0] if cards else "",
        number=" ".join(filter(None, (sent.number, sent.issuer))), at=found.moment, kind=found.kind,
    )  # fmt: skip


def _of_document(message: Message) -> Paper | None:
    try:
        found = documents.read(bytes(message.body))
    except Refusal:
        return None
    return Paper(
        name=found.name, sex=found.sex, born=found.born, card=found.id_card, at=found.made,
        number="、".join(number for _root, number in found.numbers), kind=say("共享文档"),
    )  # fmt: skip


def verdicts(paper: Paper, person: Any) -> dict[str, Verdict]:
    """How each part of the paper agrees with a resident."""
    card = "untold" if not paper.card or not person.id_card else "same" if paper.card == person.id_card else "differs"
    return {"name": _name(paper, person), "sex": _sex(paper, person), "born": _born(paper, person), "card": card}  # type: ignore[dict-item]


def _name(paper: Paper, person: Any) -> Verdict:
    if not paper.name.strip():
        return "untold"
    if same_name(paper.name, person.name):
        return "same"
    return "alike" if spelled_alike(paper.name, person.pinyin) else "differs"


def _sex(paper: Paper, person: Any) -> Verdict:
    if paper.sex not in SAID or person.sex not in SAID:
        return "untold"
    return "same" if same_sex(paper.sex, person.sex) else "differs"


def _born(paper: Paper, person: Any) -> Verdict:
    if paper.born is None:
        return "untold"
    agrees = same_birth(paper.born, person.birth_date, estimated=person.birth_estimated)
    return ("alike" if person.birth_estimated else "same") if agrees else "differs"


def doubts(paper: Paper, person: Any) -> list[str]:
    """The parts for which somebody must say that it is the same human: what differs, and a name that is not told, or
    in letters only without a day of birth to hold it."""
    found = verdicts(paper, person)
    wrong = [part for part, verdict in found.items() if verdict == "differs"]
    named = found["name"] == "same" or (found["name"] == "alike" and found["born"] in ("same", "alike"))
    return [*([] if named or "name" in wrong else ["name"]), *wrong]


def require_surely(paper: Paper, person: Any, *, sure: bool) -> list[str]:
    """The doubts that somebody has overruled. Raises NotSurelyTheSame where nobody has."""
    found = doubts(paper, person)
    if found and not sure:
        raise NotSurelyTheSame(field="sure", what="、".join(say(LABELS[part]) for part in found))
    return found


def sides(paper: Paper, person: Any) -> Iterator[tuple[str, Verdict, str, str]]:
    """Part, verdict, and what the paper and the register have of it, as they are shown."""
    shown = {
        "name": (paper.name, person.name),
        "sex": (_said_sex(paper.sex), _said_sex(person.sex)),
        "born": (_said_day(paper.born), f"{person.birth_date}{say('（估计）') if person.birth_estimated else ''}"),
        "card": (paper.card, person.id_card),
    }
    for part, verdict in verdicts(paper, person).items():
        yield part, verdict, *shown[part]


def _said_sex(code: str) -> str:
    return {"1": say("男"), "2": say("女")}.get(code, "")


def _said_day(day: date | None) -> str:
    return day.isoformat() if day else ""
