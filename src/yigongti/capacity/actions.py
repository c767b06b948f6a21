"""What a ward does with its own beds."""

from __future__ import annotations

from yigongti.capacity.models import Bed, Stay
from yigongti.capacity.refusals import BedInUse
from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.action.gate import Receipt, action
from yigongti.kernel.language import phrase
from yigongti.kernel.refusal import NotFound


def _own_bed(by: Actor, bed_id: int) -> Bed:
    bed = Bed.objects.select_for_update(of=("self",)).filter(by.reach("ward__department__unit__"), pk=bed_id).first()
    if bed is None:
        raise NotFound
    return bed


@action("capacity.take_out", permission="capacity.manage")
def take_out(*, by: Actor, bed_id: int) -> Receipt:
    """管理床位：停用床位。"""
    bed = _own_bed(by, bed_id)
    if Stay.objects.filter(bed=bed).exclude(state="ended").exists():
        raise BedInUse(bed=bed.label)
    bed.out_since = clock.now()
    bed.save(update_fields=["out_since"])
    return Receipt(
        number=bed.label,
        done=phrase("{bed} 床已停用", bed=bed.label),
        href="/capacity/beds",
        subject=f"capacity.Bed:{bed.pk}",
    )


@action("capacity.put_back", permission="capacity.manage")
def put_back(*, by: Actor, bed_id: int) -> Receipt:
    """管理床位：恢复使用。"""
    bed = _own_bed(by, bed_id)
    bed.out_since = None
    bed.save(update_fields=["out_since"])
    return Receipt(
        number=bed.label,
        done=phrase("{bed} 床恢复使用", bed=bed.label),
        href="/capacity/beds",
        subject=f"capacity.Bed:{bed.pk}",
    )
