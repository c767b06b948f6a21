"""The relations this chapter knows between a post and a person: managed or registered here, present, emergency, duty.

The first two are standing. The others ask for an opening: present needs the person to have been found by a full paper
number or name and birth date; emergency and duty are reviewed.
"""

from __future__ import annotations

from django.db.models import Q

from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.bases import basis
from yigongti.kernel.access.models import Unit
from yigongti.kernel.access.words import Reach
from yigongti.kernel.parameters.codes import code_list
from yigongti.kernel.parameters.words import defaults
from yigongti.organisations.queries import institution_of
from yigongti.residents.queries import minors


HOURS = int(defaults()["residents.opening_hours"].values[-1].value)  # type: ignore[arg-type]


def managing_ids(for_: Actor) -> list[int]:
    """The institutions whose residents the actor manages: its own, and those below when its role reaches below."""
    own = institution_of(for_=for_)
    if for_.role.reach is Reach.UNIT:
        return [own.pk] if own else []
    path = own.unit.path if own else for_.unit_path
    below = Unit.objects.filter(path__startswith=path, institution__isnull=False)
    return list(below.order_by("pk").values_list("pk", flat=True))


def managed(for_: Actor) -> Q:
    """Residents whose health record the actor's institution manages."""
    return Q(managing_id__in=managing_ids(for_))


def not_minor_unless_gated(for_: Actor) -> Q:
    """Minors are closed to a duty that its role page does not open to them."""
    return Q() if minors.GATE in for_.role.gates else Q(birth_date__lte=minors.minor_since(clock.today()))


DUTIES = code_list(
    "residents.duty", title="履职查阅事由", source="领域参考第三部分 P14、P15；本平台默认值 [M-]",
    entries={"complaint": "投诉处理", "quality": "质量检查", "death": "死亡病例讨论", "inspection": "法定监督检查"},
)  # fmt: skip


basis(
    "registered",
    title="登记在册",
    says="此人登记在您负责数据的机构；只用于核对身份，不含病历。",
    standing=True,
    holds=managed,
)
basis("managed", title="管辖居民", says="此人的健康档案由您的机构管理。", standing=True, holds=managed)
basis(
    "present",
    title="患者来诊",
    says="此人现在您面前就诊，已核对证件或姓名与出生日期。",
    standing=False,
    holds=None,
    hours=HOURS,
)
basis(
    "emergency",
    title="紧急查阅",
    says="救治此人刻不容缓；次日有人复核。",
    standing=False,
    holds=None,
    hours=HOURS,
    reviewed=True,
)
basis(
    "duty",
    title="履职查阅",
    says="投诉处理、质量检查、死亡病例讨论或法定监督检查需要；次日有人复核。",
    standing=False,
    holds=not_minor_unless_gated,
    hours=HOURS,
    reviewed=True,
)
