"""What another system tells of a person: a new entry, or a new version of the one that it told of before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from yigongti.kernel.access.actor import Actor
from yigongti.kernel.action.gate import Receipt, action
from yigongti.kernel.language import phrase
from yigongti.kernel.refusal import Refusal
from yigongti.record.announcing import announce
from yigongti.record.models import Entry
from yigongti.record.policy.kinds import KINDS
from yigongti.record.told import Told as Told
from yigongti.record.told import ToldOperation as ToldOperation
from yigongti.record.writing_many import ask_keys as ask_keys
from yigongti.record.writing_many import write_told


@action("record.take_in")
def take_in(*, by: Actor, told: Told) -> Receipt:
    """收进一条外部系统送来的记录。"""
    (fresh,) = write_told([told])
    if isinstance(fresh, Refusal):
        raise fresh
    announce([fresh], by=by)
    return Receipt(
        number=f"J{fresh.pk}", done=phrase(KINDS[told.kind].title), persons=(fresh.resident_id,),
        subject=f"record.Entry:{fresh.pk}", data={"entry": fresh.pk, "version": fresh.version},
    )  # fmt: skip


@action("record.take_in_many", permission="record.take_in")
def take_in_many(*, by: Actor, told: Sequence[Told]) -> Receipt:
    """收进一批外部系统送来的记录。

    `data["entries"]` says of each, in the order told, its entry and version, or why it was refused. What is refused
    keeps nothing of the others back; the trail has one entry with all persons and the stretches of entries written.
    """
    written = write_told(told)
    kept = [one for one in written if isinstance(one, Entry)]
    refused = len(written) - len(kept)
    announce(kept, by=by)
    return Receipt(
        number=f"J{kept[0].pk}+{len(kept) - 1}" if kept else "J0",
        done=phrase("收进 {n} 条，{refused} 条不收", n=len(kept), refused=refused),
        persons=tuple({one.resident_id for one in kept}), facts={"entries": stretches([one.pk for one in kept])},
        data={"entries": [_said(one) for one in written]},
    )  # fmt: skip


def keep_told(*, by: Actor, told: Sequence[Told], keys: Sequence[int] = ()) -> list[Entry | Refusal]:
    """The same within a write of another door, whose own entry in the trail names the entries written: each as it
    became an entry, or why it was refused. `keys` may have been asked for before, one each."""
    by.require("record.take_in")
    written = write_told(told, keys=keys)
    announce([one for one in written if isinstance(one, Entry)], by=by)
    return written


def _said(one: Entry | Refusal) -> dict[str, Any]:
    if isinstance(one, Entry):
        return {"entry": one.pk, "version": one.version}
    return {"refused": str(one), "field": one.field, "rule": one.rule or one.code}


def stretches(numbers: Sequence[int]) -> str:
    """Numbers as stretches: [1, 2, 3, 7] → 1-3 7."""
    found: list[list[int]] = []
    for one in sorted(numbers):
        if found and one == found[-1][1] + 1:
            found[-1][1] = one
        else:
            found.append([one, one])
    return " ".join(f"{first}-{last}" if last > first else str(first) for first, last in found)
