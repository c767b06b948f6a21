"""Events in the lake tell to which township, group and county each of their places belonged on their own day."""

from __future__ import annotations

from yigongti.kernel.measures.expressions import ROLLED, columns_of
from yigongti.kernel.measures.words import Fact


PLACE_COLUMNS = {"institution": "int64", "township": "int64", "group": "int64", "county": "int64",
                 "at": "date", "until": "date"}  # fmt: skip
"""What is asked of the fact of memberships."""


def plain_columns(fact: Fact) -> dict[str, str]:
    """What a source yields, and the types."""
    rolled = {f"{place}_{level}" for place in fact.places for level in ROLLED} if not fact.until else set()
    return {name: kind for name, kind in columns_of(fact).items() if name not in rolled}


def expanded(fact: Fact, rows: str, places: str) -> str:
    """A SELECT of the rows with the places of each place column; of a span the rows themselves."""
    plain = ", ".join(f'r."{name}"' for name in plain_columns(fact))
    if fact.until:
        return f"SELECT {plain} FROM {rows} r"  # noqa: S608 - names of our own columns
    rolled = ", ".join(
        f'p{n}."{level}" AS "{place}_{level}"' for n, place in enumerate(fact.places) for level in ROLLED
    )
    joins = " ".join(
        f'LEFT JOIN {places} p{n} ON p{n}.institution = r."{place}" AND p{n}."at" <= r."{fact.at}" '
        f'AND r."{fact.at}" < coalesce(p{n}."until", DATE \'9999-12-31\')'
        for n, place in enumerate(fact.places)
    )
    return f"SELECT {', '.join(filter(None, (plain, rolled)))} FROM {rows} r {joins}"  # noqa: S608 - as above
