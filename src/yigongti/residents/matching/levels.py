"""The levels of `policy/matching.py` as SQL over two registrations, `…_l` and `…_r`.

Plain enough that PostgreSQL, which scores, and DuckDB, in which Splink learns, read the same conditions.
"""

from __future__ import annotations

from yigongti.residents.policy.matching import COMPARISONS


FULL17 = 17  # an ID card without its check digit


def _differing(column: str, first: int, last: int) -> str:
    """How many of these places differ."""
    each = (
        f"CASE WHEN substr({column}_l,{n},1) = substr({column}_r,{n},1) THEN 0 ELSE 1 END"
        for n in range(first, last + 1)
    )
    return f"({' + '.join(each)})"


def _swapped(column: str, first: int, last: int) -> str:
    """Two neighbours changed places, given that two places differ."""
    each = (
        f"(substr({column}_l,{n},1) = substr({column}_r,{n + 1},1) AND substr({column}_l,{n + 1},1) ="
        f" substr({column}_r,{n},1) AND substr({column}_l,{n},1) <> substr({column}_r,{n},1))"
        for n in range(first, last)
    )
    return f"({' OR '.join(each)})"


def _slip(column: str, length: int) -> str:
    """One place differs, or two neighbours are swapped; the beginning is looked at first, because it is cheap."""
    differing = _differing(column, 1, length)
    return (
        f"(length({column}_l) = {length} AND length({column}_r) = {length} AND CASE {differing}"
        f" WHEN 1 THEN true WHEN 2 THEN {_swapped(column, 1, length)} ELSE false END)"
    )


# Numbers of two people registered one after another, or of twins, hold both and differ in the serial alone.
_BOTH_HOLD = "(holds_l AND holds_r)"
_SERIAL_ALONE = f"({_BOTH_HOLD} AND card_l <> card_r AND substr(card_l,1,14) = substr(card_r,1,14))"
_CARD_SLIP = f"(NOT {_SERIAL_ALONE} AND (card_l = card_r OR {_slip('card', FULL17)}))"
NEIGHBOURS = f"({_SERIAL_ALONE} AND {_slip('card', FULL17)})"
_SERIAL_SLIP = f"({NEIGHBOURS} AND sound_l = sound_r)"
_DAY_FOR_MONTH = (
    "(substr(born_l,1,4) = substr(born_r,1,4) AND substr(born_l,5,2) = substr(born_r,7,2)"
    " AND substr(born_l,7,2) = substr(born_r,5,2))"
)
_ONE_CHARACTER = (
    "length(name_l) = length(name_r) AND length(name_l) BETWEEN 3 AND 4 AND"
    f" CASE {_differing('name', 1, 4)} WHEN 1 THEN true WHEN 2 THEN {_swapped('name', 1, 4)} ELSE false END"
)
_PART = (
    "length(name_l) <> length(name_r) AND least(length(name_l), length(name_r)) >= 2 AND"
    " (starts_with(name_l, name_r) OR starts_with(name_r, name_l))"
)
_PHONE_SLIP = _slip("phone", 11)

CONDITIONS: dict[str, dict[str, str]] = {
    "name": {
        "exact": "name_l = name_r", "surname": "plain_l = plain_r", "sound": "sound_l = sound_r",
        "accent": "blunt_l = blunt_r", "character": _ONE_CHARACTER, "part": _PART,
        "initials": "initials_l = initials_r",
    },
    "birth": {
        "exact": "born_l = born_r", "slip": f"({_slip('born', 8)} OR {_DAY_FOR_MONTH})",
        "near": "abs(day_l - day_r) <= 31", "year": "substr(born_l,1,4) = substr(born_r,1,4)",
    },
    "sex": {"same": "sex_l = sex_r"},
    "card": {
        "exact": "(card_l = card_r AND holds_l = holds_r)", "slip": _CARD_SLIP, "serial": _SERIAL_SLIP,
        "unfit": f"NOT {_BOTH_HOLD}",
    },
    "phone": {"exact": "phone_l = phone_r", "slip": _PHONE_SLIP},
    "place": {
        "address": "address_l = address_r AND village_l = village_r", "village": "village_l = village_r",
        "township": "substr(village_l,1,9) = substr(village_r,1,9)",
    },
}  # fmt: skip
SILENT = {"name": "name", "birth": "born", "sex": "sex", "card": "card", "phone": "phone", "place": "village"}
"""The column without which a comparison says nothing."""
NOT_FOR_SPLINK = {"card": "serial"}
"""A level that depends on another comparison: numbers given on one day, for one birthday, are neighbours by nature."""
COLUMNS = ("name", "plain", "sound", "blunt", "initials", "born", "day", "sex", "card", "holds", "phone", "village",
           "address")  # fmt: skip
"""What is compared; `columns.py` makes it of a registration."""


def silent(comparison: str) -> str:
    """When a comparison weighs nothing."""
    return f"({SILENT[comparison]}_l IS NULL OR {SILENT[comparison]}_r IS NULL)"


def chosen(comparison: str) -> str:
    """The number of the level that holds, -1 where a side says nothing."""
    levels = next(one.levels for one in COMPARISONS if one.code == comparison)
    known = CONDITIONS[comparison]
    arms = [f"WHEN {known[one.code]} THEN {n}" for n, one in enumerate(levels) if one.code in known]
    return f"CASE WHEN {silent(comparison)} THEN -1 {' '.join(arms)} ELSE {len(levels) - 1} END"
