"""How far the filled cells of a sheet reach: readers lay it out as one block, and few bytes could ask for terabytes."""

from __future__ import annotations

from yigongti.exchange.tables.refusing import TooFar


MOST_CELLS = 12_000_000
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384


def check_reach(*, first: int, last: int, widest: int) -> None:
    """Refuse a block of more cells than fit into memory; rows and columns are counted from 1."""
    if (last - first + 1) * widest > MOST_CELLS or last > LAST_ROW or widest > LAST_COLUMN:
        raise TooFar(row=last, column=widest, most=MOST_CELLS)
