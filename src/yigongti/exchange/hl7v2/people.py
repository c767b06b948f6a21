"""PID and MRG: the person that a message is about, and numbers that end."""

from __future__ import annotations

from collections.abc import Iterator

from yigongti.exchange.hl7v2.datatypes import Identifier, PersonName, address, identifier, moment, person_name, phone
from yigongti.exchange.hl7v2.facts import Person
from yigongti.exchange.hl7v2.message import Field, Segment
from yigongti.exchange.hl7v2.unreadable import BadField, Unreadable


# Table 0001, and what Chinese systems send in its place → GB/T 2261.1.
_SEXES = {
    "M": "1", "MALE": "1", "1": "1", "男": "1", "男性": "1", "F": "2", "FEMALE": "2", "2": "2", "女": "2", "女性": "2",
    "U": "0", "UNKNOWN": "0", "0": "0", "未知": "0", "O": "9", "OTHER": "9", "A": "9", "N": "9", "C": "9", "9": "9",
    "X": "9", "": "9",
}  # fmt: skip
_READ = (5, 7, 8, 9, 11, 13, 14, 29, 30)
_TYPED = ((2, ""), (3, ""), (4, ""), (19, "SS"))
"""Fields with identifiers; PID-19 means the social security number."""


def read_person(pid: Segment) -> Person:
    """The person of a PID. Refused without any number and name, and for a sex or a date that is none."""
    names = sorted((name for part in pid[5] if (name := person_name(part))), key=_rank)
    aliases = [name for part in pid[9] if (name := person_name(part))]
    numbers = tuple(_identifiers(pid))
    if not names and not numbers:
        raise Unreadable(place="PID-3", problem="没有任何证件号或病案号，也没有姓名，认不出是谁。", rule="hl7v2.nobody")
    died, said = moment(pid[29].first), pid[30].text.upper()
    return Person(
        identifiers=numbers,
        name=names[0] if names else PersonName("", "", "", "", ""),
        other_names=(*names[1:], *aliases),
        sex=_sex(pid[8]),
        birth=moment(pid[7].first),
        died=died,
        dead={"Y": True, "N": False}.get(said, True if died else None),
        phones=tuple(number for at in (13, 14, 40) for part in pid[at] if (number := phone(part))),
        addresses=tuple(home for part in pid[11] if (home := address(part))),
        account=identifier(pid[18].first, type="AN"),
        mother_maiden_name=person_name(pid[6].first).text,
        erased=tuple(f"PID-{at}" for at in _READ if pid[at].null),
    )


def read_gone(mrg: Segment) -> tuple[tuple[Identifier, ...], PersonName]:
    """MRG-1 and 4: the numbers that end, and the name they stood under. Refused without a number."""
    gone = tuple(made for at in (1, 4) for part in mrg[at] if (made := identifier(part)))
    if not gone:
        raise Unreadable(place="MRG-1", problem="合并消息没有写明并掉的是哪个号。", rule="hl7v2.merge")
    return gone, person_name(mrg[7].first)


def _identifiers(pid: Segment) -> Iterator[Identifier]:
    for number, kind in _TYPED:
        for part in pid[number]:
            made = None if part.null else identifier(part, type=kind)
            if made:
                yield made


def _rank(name: PersonName) -> tuple[bool, bool, bool]:
    """The ideographic before the legal before the rest; equal ones stay in their order."""
    return (not (name.is_chinese or name.representation == "I"), name.type not in ("L", ""), name.representation != "")


def _sex(sent: Field) -> str:
    word = sent.text.upper()
    if word not in _SEXES:
        raise BadField(place=sent.place, value=sent.text, problem="不是认识的性别写法。", rule="hl7v2.sex")
    return _SEXES[word]
