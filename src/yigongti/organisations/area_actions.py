"""Keeping and removing the areas of townships."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import QuerySet

from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.action.gate import Receipt, action
from yigongti.kernel.language import phrase
from yigongti.kernel.refusal import BadValue, Missing, NotFound
from yigongti.organisations.areas import Look, Township, looked_at, printable
from yigongti.organisations.datums import WGS84
from yigongti.organisations.models import County, Division, TownshipArea
from yigongti.organisations.permissions import MANAGE
from yigongti.organisations.queries import institutions_within, the_county


CENTRES = ("township_centre", "community_centre")


@action("organisations.import_areas", permission=MANAGE)
def import_areas(*, by: Actor, areas: str, source: str) -> Receipt:
    """导入乡镇辖区。"""
    told = printable(source)[:200]
    if not told:
        raise Missing(field="source", label="来源")
    county, today = _county(), clock.today()
    look = look_at_areas(for_=by, areas=areas)
    _end(_standing(by))
    TownshipArea.objects.bulk_create(
        TownshipArea(institution_id=one.township.id, name=one.name, code=one.code, rings=one.rings,
                     source=told, begins=today)
        for one in look.areas
    )  # fmt: skip
    return Receipt(
        number=f"XIAN-{county.pk}", done=phrase("已导入 {n} 个乡镇的辖区", n=len(look.areas)),
        href="/organisations/map", subject=f"{county._meta.label}:{county.pk}",
        facts={"areas": len(look.areas), "source": told},
    )  # fmt: skip


@action("organisations.remove_areas", permission=MANAGE)
def remove_areas(*, by: Actor) -> Receipt:
    """撤下乡镇辖区。"""
    county = _county()
    standing = _standing(by)
    n = standing.count()
    if not n:
        raise BadValue(field="", label="乡镇辖区", value="", problem="现在没有乡镇辖区")
    _end(standing)
    return Receipt(
        number=f"XIAN-{county.pk}", done=phrase("已撤下 {n} 个乡镇的辖区", n=n), href="/organisations/map",
        subject=f"{county._meta.label}:{county.pk}", facts={"areas": n},
    )  # fmt: skip


def look_at_areas(*, for_: Actor, areas: str, datum: str = WGS84) -> Look:
    """What a file would bring to the centres within reach, nothing kept. Raises what is wrong with it."""
    county = the_county()
    if county is None:
        raise NotFound
    return looked_at(areas, townships=_townships(county, for_), division=county.division, datum=datum)


def _county() -> County:
    """Held until the end, so that two files do not come in at once."""
    found = County.objects.select_for_update(of=("self",)).first()
    if found is None:
        raise NotFound
    return found


def _townships(county: County, actor: Actor) -> list[Township]:
    """The open centres within reach, under the names and the code that a file may give their township."""
    rows = institutions_within(for_=actor).filter(kind__in=CENTRES).order_by("pinyin", "pk")
    told = dict(Division.objects.filter(code__regex="^[0-9]{9}$").values_list("code", "name"))
    return [
        Township(
            id=pk, name=short or name, code=(code := division[:9] if len(division) >= 9 else ""),
            names=[one.removeprefix(county.name) for one in (name, short) if one], division=told.get(code, ""),
        )
        for pk, name, short, division in rows.values_list("pk", "name", "short_name", "division")
    ]  # fmt: skip


def _standing(by: Actor) -> QuerySet[TownshipArea]:
    return TownshipArea.objects.filter(by.reach("institution__unit__"), ends__isnull=True)


def _end(rows: QuerySet[TownshipArea]) -> None:
    """They end the day before; what began today stood on no day at all."""
    today = clock.today()
    rows.filter(begins=today).delete()
    rows.filter(begins__lt=today).update(ends=today - timedelta(days=1))
