"""What is compared of a registration, as SQL over its row: one form for names, numbers and days."""

from __future__ import annotations

from yigongti.residents.codes import CHECKS, WEIGHTS
from yigongti.residents.policy.matching import ACCENTS, SURNAMES


def _folded() -> str:
    """The name with its surname in the first of its two spellings."""
    ones, others = "".join(pair[0] for pair in SURNAMES), "".join(pair[1] for pair in SURNAMES)
    return f"translate(substr({{name}}, 1, 1), '{others}', '{ones}') || substr({{name}}, 2)"


def _blunt() -> str:
    said = "{sound}"
    for sharp, blunt in ACCENTS:
        said = f"replace({said}, '{sharp}', '{blunt}')"
    return said


CARD17 = (
    "CASE length({id_card}) WHEN 18 THEN left({id_card}, 17)"
    " WHEN 15 THEN left({id_card}, 6) || '19' || substr({id_card}, 7, 9) END"
)
"""Seventeen digits: an old number of fifteen is the same with the century left out."""


def _holds() -> str:
    """Whether the check digit fits; an old number has none."""
    total = " + ".join(f"{weight} * substr({{id_card}}, {n}, 1)::int" for n, weight in enumerate(WEIGHTS, start=1))
    digit = f"substr('{CHECKS}', mod({total}, 11) + 1, 1)"
    # The form is asked first: what is no digit cannot be counted with.
    return (
        "CASE WHEN {id_card} ~ '^[0-9]{{17}}[0-9X]$' THEN " + digit + " = right({id_card}, 1)"
        " ELSE length({id_card}) = 15 END"
    )


EXPRESSIONS = {
    "name": "nullif({name}, '')", "plain": _folded(), "sound": "nullif({sound}, '')", "blunt": _blunt(),
    "initials": "nullif({initials}, '')", "born": "to_char({birth}, 'YYYYMMDD')",
    "day": "({birth} - date '1900-01-01')", "sex": "nullif(nullif({sex}, '0'), '9')", "card": CARD17,
    "holds": _holds(), "phone": "nullif({phone}, '')", "village": "nullif({village}, '')",
    "address": "nullif({address}, '')",
}  # fmt: skip
OF_A_ROW = {"name": "name", "sound": "pinyin", "initials": "initials", "birth": "birth_date", "sex": "sex",
            "id_card": "id_card", "phone": "phone", "village": "lives_division",
            "address": "lives_address"}  # fmt: skip
RAW = tuple(OF_A_ROW)


def of_row(alias: str, *, suffix: str = "") -> str:
    """The compared columns of a row of residents, as a select list."""
    return _listed({raw: f"{alias}.{column}" for raw, column in OF_A_ROW.items()}, suffix)


def of_row_card(alias: str) -> str:
    """The seventeen digits of a row's ID card."""
    return f"({CARD17.format(id_card=f'{alias}.id_card')})"


def of_told(alias: str, *, suffix: str = "") -> str:
    """The compared columns of a person told of, whose columns are named as RAW."""
    return _listed({raw: f"{alias}.{raw}" for raw in RAW}, suffix)


def _listed(named: dict[str, str], suffix: str) -> str:
    return ", ".join(f"{made.format(**named)} AS {name}{suffix}" for name, made in EXPRESSIONS.items())
