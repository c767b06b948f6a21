"""In a demonstration the truth is known: how many likely pairs are one human, and how many of those are found."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings

from yigongti.residents.models import Merge


FILE = "truth.json"


def measured(found: Iterable[tuple[int, int]]) -> dict[str, Any]:
    """Likely pairs, true pairs, and how many are both; nothing where there is no truth.

    Whoever was registered after the county was made is left out: of them the truth says nothing. So are pairs that
    were merged already.
    """
    path = Path(settings.DATA_FOLDER) / FILE
    if not path.is_file():
        return {}
    told = json.loads(path.read_text(encoding="utf-8"))
    last = told.get("rows", {}).get("residents_resident", 0)
    merged = Merge.objects.filter(undone_at=None).values_list("kept_id", "absorbed_id")
    gone = {tuple(sorted(pair)) for pair in merged}
    true = {tuple(sorted((row["resident"], row["again"]))) for row in told["duplicates"]} - gone
    likely = {pair for pair in found if max(pair) <= last}
    return {"likely": len(likely), "true": len(true), "both": len(likely & true), "among": last}
