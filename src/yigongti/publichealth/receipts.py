"""What a batch of certificates gets: how many of each outcome, and each outcome in the order told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from yigongti.kernel.action.gate import Receipt
from yigongti.kernel.language import phrase


TAKEN = "新收 {new} 份，更正 {corrected} 份，已有 {same} 份，有矛盾待核对 {contradicts} 份，不收 {refused} 份"


def taken(said: Sequence[dict[str, Any]], *, name: str, source: str, persons: Iterable[int], href: str) -> Receipt:
    """The receipt of a taking in."""
    counted = Counter(one["what"] for one in said)
    counts = {what: counted[what] for what in ("new", "corrected", "same", "contradicts", "refused")}
    return Receipt(
        number=source, persons=tuple(persons), href=href, facts=counts, data={name: list(said)},
        done=phrase(TAKEN, **counts),
    )  # fmt: skip


def withdrawn(
    gone: Sequence[int], again: Sequence[int], *, why: str, persons: Iterable[int], href: str,
    left: Mapping[int, str] | None = None,
) -> Receipt:  # fmt: skip
    """The receipt of a taking back; `left` says what a withdrawn one has left behind."""
    return Receipt(
        number=str(len(gone)), persons=tuple(persons), href=href,
        done=phrase("撤回 {n} 份，{again} 份恢复为之前的版本", n=len(gone), again=len(again)),
        facts={"why": why.strip()[:200], "withdrawn": len(gone), "again": len(again)},
        data={"withdrawn": list(gone), "again": list(again), "left": dict(left or {})},
    )  # fmt: skip
