"""A run over the whole index: likely pairs are put before data staff, and a decision stays until the facts change.

One transaction: either all of it is raised, or nothing was run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import log2

from django.db import connection, transaction

from yigongti.kernel import clock
from yigongti.kernel.parameters import values
from yigongti.residents.matching import truth, whole, words
from yigongti.residents.matching.deciding import facts_of
from yigongti.residents.matching.weighing import percent
from yigongti.residents.matching.weights import Weights, in_force
from yigongti.residents.models import MatchRun, Suspicion
from yigongti.residents.policy.likeness import reason
from yigongti.residents.policy.matching import FIRST, REVIEW


PAPERS = """
SELECT DISTINCT least(a.master_id, b.master_id), greatest(a.master_id, b.master_id)
FROM residents_identifier i JOIN residents_identifier j
  ON i.system = j.system AND i.value = j.value AND i.id < j.id AND i.resident_id <> j.resident_id
JOIN residents_resident a ON a.id = i.resident_id JOIN residents_resident b ON b.id = j.resident_id
WHERE i.ended_on IS NULL AND j.ended_on IS NULL AND i.system <> 'temporary' AND a.master_id <> b.master_id
"""
SURE = 94
"""The most that evidence without a paper is given: from 95 on, a paper has decided."""
CHANGED = "此前判定不是同一人，之后登记有变"
Two = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A likely pair as it is put before data staff."""

    score: int
    why: str
    weight: int | None
    first: bool


def run(*, told: Callable[[str], None] = lambda _line: None) -> MatchRun:
    """Compare everybody with everybody, raise what is likely and new, and measure it where the truth is known."""
    began = clock.now()
    with transaction.atomic():
        rows = whole.lay_out()
        told(f"{rows:,}")
        weights = in_force()
        found = _found(weights, rows)
        whole.clear_away()
        raised, reopened = _raise(found)
        return MatchRun.objects.create(
            began_at=began, ended_at=clock.now(), weights=weights.version[:240], rows=rows, likely=len(found),
            raised=raised, reopened=reopened, measured=truth.measured(found),
        )  # fmt: skip


def bits_of(wanted: int) -> float:
    """The evidence that goes with a probability in percent."""
    share = min(max(wanted, 1), 99.9) / 100
    return log2(share / (1 - share))


def _found(weights: Weights, rows: int) -> dict[Two, Found]:
    review, first = (bits_of(values.number(one)) for one in (REVIEW, FIRST))
    paper = reason("same_paper")
    found = {pair: Found(score=paper.score, why=paper.says, weight=None, first=True) for pair in _same_paper()}
    for one in whole.pairs(weights, least=review, count=rows):
        same = reason("same_id_card")
        score = same.score if words.same_card(one.at) else min(percent(one.bits), SURE)
        before = found.get((one.one, one.other))
        found[one.one, one.other] = Found(
            score=max(score, before.score if before else 0), weight=round(one.bits * 100),
            why=words.why(weights, one.at, before=[before.why] if before else []),
            first=bool(before) or one.bits >= first or score == same.score,
        )  # fmt: skip
    return found


def _same_paper() -> list[Two]:
    with connection.cursor() as cursor:
        cursor.execute(PAPERS)
        return [(one, other) for one, other in cursor.fetchall()]


def _raise(found: Mapping[Two, Found]) -> tuple[int, int]:
    """How many are new, and how many come back; those open already are weighed anew."""
    known = {(row.one_id, row.other_id): row for row in Suspicion.objects.select_for_update().order_by("pk")}
    new = [pair for pair in found if pair not in known]
    Suspicion.objects.bulk_create((_suspicion(pair, found[pair], clock.now()) for pair in new), batch_size=5000)
    weighed = [_weighed(known[pair], found[pair]) for pair in found if pair in known and known[pair].verdict == "open"]
    Suspicion.objects.bulk_update(weighed, ["weight", "first"], batch_size=2000)
    back = _changed_since(known[pair] for pair in found if pair in known and known[pair].verdict == "different")
    for row in back:
        _reopen(row, found[row.one_id, row.other_id])
    return len(new), len(back)


def _suspicion(pair: Two, one: Found, at: datetime) -> Suspicion:
    return Suspicion(one_id=pair[0], other_id=pair[1], why=one.why, score=one.score, weight=one.weight,
                     first=one.first, raised_at=at)  # fmt: skip


def _weighed(row: Suspicion, one: Found) -> Suspicion:
    row.weight, row.first = one.weight, one.first
    return row


def _changed_since(decided: Iterable[Suspicion]) -> Sequence[Suspicion]:
    """Of the pairs called different, those that are registered otherwise now than when that was decided."""
    rows = [row for row in decided if row.decided_facts]
    now = facts_of((row.one_id, row.other_id) for row in rows)
    return [row for row in rows if now[row.one_id, row.other_id] != row.decided_facts]


def _reopen(row: Suspicion, one: Found) -> None:
    """Open again with what changed; who decided before, and why, stays on the row and in the trail."""
    row.verdict, row.score, row.weight, row.first = "open", one.score, one.weight, one.first
    row.why, row.raised_at = f"{CHANGED}；{one.why}"[: words.LONGEST], clock.now()
    row.save()
