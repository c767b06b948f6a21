"""What a searcher typed, as ways to match: each is a condition that one index answers, in that index's order.

Written as SQL on purpose: search as you type is the most frequent read of the house (benchmarks/resident_search.py).
`{r}` stands for the alias of the resident's row.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from yigongti.kernel import clock
from yigongti.residents import codes, pinyin


UNORDERED = "''::text"

# Asked once and before all else: an array, so that no plan can ask it again for every resident.
PAPERS = """{r}.id = ANY(ARRAY(SELECT a.master_id FROM residents_identifier i
 JOIN residents_resident a ON a.id = i.resident_id WHERE i.ended_on IS NULL AND i.value = %s))"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One way to match. Lower ranks come first; within a rank the order is that of the index.

    `covered` says that the index over a unit's residents holds all that the condition asks.
    """

    rank: int
    where: str
    order: str
    params: tuple[Any, ...]
    covered: bool = False

    @property
    def unordered(self) -> bool:
        """Few rows by an exact key: nothing to walk in order."""
        return self.order == UNORDERED

    def on(self, alias: str) -> str:
        """The condition for a row of that alias."""
        return self.where.replace("{r}", alias)

    def order_on(self, alias: str) -> str:
        """What the rank is ordered by, as text that collates by bytes."""
        return self.order.replace("{r}", alias)


def ways(text: str) -> list[Match]:
    """The ways in which a typed text can mean a person; none for what means nobody."""
    words = unicodedata.normalize("NFKC", text).split()
    numbers = [w for w in words if any(c.isdigit() for c in w)]
    names = [w for w in words if w not in numbers]
    if names and numbers:
        return _both(_name("".join(names)), "".join(numbers))
    return _name(" ".join(names)) if names else _number("".join(numbers))


def _begins(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_") + "%"


def _name(text: str) -> list[Match]:
    if text.isascii():
        typed = pinyin.typed(text)
        # One letter begins the initials of exactly those whose pinyin it begins.
        return [_initials(typed), _pinyin(typed)][: len(typed)]
    name = re.sub(r"\s", "", text)
    begins = _begins(name)
    return [
        _spelled(1, "{r}.name", begins),
        _spelled(2, "substring({r}.name, 2)", begins),
        _spelled(3, "substring({r}.name, 3)", begins),
        Match(
            rank=4,
            where="{r}.name LIKE '%%·%%' AND {r}.name LIKE %s",
            order="{r}.name",
            params=(f"%{begins}",),
            covered=True,
        ),
    ]


def _initials(typed: str) -> Match:
    return _spelled(1, "{r}.initials", _begins(typed))


def _pinyin(typed: str) -> Match:
    return _spelled(2, "{r}.pinyin", _begins(typed))


def _spelled(rank: int, what: str, begins: str) -> Match:
    return Match(rank=rank, where=f"{what} LIKE %s", order=what, params=(begins,), covered=True)


def _number(text: str) -> list[Match]:
    number = codes.plain(text)
    found = [*_date(text), *_phone(number), *_card(number)]
    if re.fullmatch(r"[0-9]{12,17}", number):
        found.append(Match(rank=4, where="{r}.record_no LIKE %s", order="{r}.record_no", params=(_begins(number),)))
    if re.fullmatch(r"[0-9A-Z]{5,40}", number):
        found.append(Match(rank=5, where=PAPERS, order=UNORDERED, params=(number,)))
    return found


def _card(number: str) -> list[Match]:
    if not re.fullmatch(r"[0-9]{8,17}[0-9X]?", number):
        return []
    if len(number) == 15 and number.isdecimal():
        first17 = f"{number[:6]}19{number[6:]}"
        written_out = (
            Match(
                rank=1,
                where="{r}.id_card = %s AND {r}.id_card <> ''",
                order="{r}.id_card",
                params=(first17 + codes.check_digit(first17),),
            ),
        )
        return [*written_out, _card_prefix(number)]
    return [_card_prefix(number)]


def _card_prefix(number: str) -> Match:
    where = "{r}.id_card LIKE %s AND {r}.id_card <> ''"
    return Match(rank=2, where=where, order="{r}.id_card", params=(_begins(number),))


def _phone(number: str) -> list[Match]:
    if re.fullmatch(r"[0-9]{4}", number):
        where = "right({r}.phone, 4) = %s AND {r}.phone <> ''"
        return [Match(rank=3, where=where, order=UNORDERED, params=(number,))]
    if re.fullmatch(r"[0-9]{7,12}", number):
        where = "{r}.phone LIKE %s AND {r}.phone <> ''"
        return [Match(rank=3, where=where, order="{r}.phone", params=(_begins(number),))]
    return []


def _date(text: str) -> list[Match]:
    try:
        born = codes.birth_date(text, today=clock.today())
    except codes.Unfit:
        return []
    return [Match(rank=0, where="{r}.birth_date = %s", order="{r}.pinyin", params=(born,))]


def _both(by_name: list[Match], number: str) -> list[Match]:
    """A name with a number beside it: the last four of a phone, a phone, a card, a day of birth."""
    both = []
    for numbered in _number(number):
        for named in by_name:
            both.append(
                Match(
                    rank=numbered.rank * 10 + named.rank,
                    where=f"{numbered.where} AND {named.where}",
                    order=UNORDERED,
                    params=(*numbered.params, *named.params),
                )
            )
    return both
