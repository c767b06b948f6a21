"""Reads of figures: one function for each number, whoever shows it — page, JSON, export, brief or big screen."""

from yigongti.indicators.queries.behind import Behind, Part, Sought, every_row, rows_behind, split
from yigongti.indicators.queries.cells import (
    Cell,
    back_from,
    below,
    cell,
    cells,
    in_order,
    latest_whole,
    newest_run,
    siblings,
    trend,
)
from yigongti.indicators.queries.places import Place, Places, places


__all__ = [
    "Behind",
    "Cell",
    "Part",
    "Place",
    "Places",
    "Sought",
    "back_from",
    "below",
    "cell",
    "cells",
    "every_row",
    "in_order",
    "latest_whole",
    "newest_run",
    "places",
    "rows_behind",
    "siblings",
    "split",
    "trend",
]
