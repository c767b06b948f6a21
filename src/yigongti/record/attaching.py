"""The files of an entry that another system sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.action.gate import Receipt, action
from yigongti.kernel.language import phrase
from yigongti.kernel.refusal import NotFound
from yigongti.record.attached import Attachment
from yigongti.record.models import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenFile:
    """A stored file as an entry takes it; see `Attachment` for the words."""

    digest: str
    role: str
    media_type: str
    name: str
    part: str = ""
    label: str = ""


@action("record.attach_files", permission="record.take_in")
def attach_files(*, by: Actor, entry_id: int, files: Sequence[TakenFile]) -> Receipt:
    """收进外部系统送来的影像、波形和文书原件。"""
    entry = Entry.objects.filter(pk=entry_id).first()
    if entry is None:
        raise NotFound
    now = clock.now()
    Attachment.objects.bulk_create(
        Attachment(
            entry=entry, file_id=one.digest, role=one.role, media_type=one.media_type, name=one.name[:200],
            part=one.part, label=one.label[:120], added_at=now,
        )
        for one in files
    )  # fmt: skip
    return Receipt(
        number=f"J{entry_id}", done=phrase("{n} 个文件", n=len(files)), persons=(entry.resident_id,),
        subject=f"record.Entry:{entry_id}", data={"entry": entry_id},
    )  # fmt: skip
