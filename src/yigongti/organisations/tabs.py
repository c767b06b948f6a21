"""The views of this chapter, side by side, as far as the actor may open them."""

from __future__ import annotations

from yigongti.kernel.access.actor import Actor
from yigongti.kernel.language import say
from yigongti.kernel.pages.parts import Option
from yigongti.organisations.permissions import COVER, SEE, STAFF


PLACE = "/organisations/registers"


def tabs(actor: Actor, current: str) -> list[Option]:
    """The views of this chapter, side by side."""
    entries = [
        ("tree", "组织树", "/organisations", SEE),
        ("map", "地图", "/organisations/map", SEE),
        ("institutions", "机构", f"{PLACE}/institutions", SEE),
        ("departments", "科室", f"{PLACE}/departments", SEE),
        ("centres", "中心", f"{PLACE}/centres", SEE),
        ("staff", "职工", f"{PLACE}/staff", STAFF),
        ("stationings", "派驻", f"{PLACE}/stationings", STAFF),
        ("duties", "值班", f"{PLACE}/duties", SEE),
        ("hours", "开放时间", f"{PLACE}/hours", SEE),
        ("calendar", "工作日历", f"{PLACE}/calendar", SEE),
        ("divisions", "区划", f"{PLACE}/divisions", SEE),
        ("charters", "章程", f"{PLACE}/charters", SEE),
        ("groups", "医共体（集团）", f"{PLACE}/groups", SEE),
        ("accounts", "账号", "/accounts", COVER),
    ]
    return [
        Option(value=code, label=say(title), href=href, current=code == current)
        for code, title, href, asked in entries
        if actor.may(asked)
    ]
