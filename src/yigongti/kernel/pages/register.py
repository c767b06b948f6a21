"""Registers: one declaration gives list, search, filter, form, history, export, permission and audit.

    register(
        code="organisations.centres", route="organisations/centres", title="中心", model=Centre, form=CentreForm,
        columns={"name": "名称", "family": "类别", "host": "依托机构"}, words={"family": FAMILIES},
        search=("name__contains",), filters=("family",), order=("name",), related=("host",),
        scope=lambda actor: on_ground("host__unit__", for_=actor), mine=lambda actor: actor.reach("host__unit__"),
    )

`scope` is what may be read, `mine` what may be written. A write passes the gate as `<code>.save`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yigongti.kernel.access.actor import Actor
from yigongti.kernel.action.gate import Receipt, action
from yigongti.kernel.pages.register_pages import open_pages
from yigongti.kernel.pages.register_rows import Register


registers: dict[str, Register] = {}


def register(**declared: Any) -> Register:
    """Declare a register: its pages, its permission to read and its gated write come with it."""
    made = Register(**declared)

    def save(*, by: Actor, row: str, seen: str, values: Mapping[str, str]) -> Receipt:
        return made.save(by=by, row=row, seen=seen, values=values)

    save.__doc__ = f"登记或修改{made.title}。"
    registers[made.code] = made
    open_pages(made, action(f"{made.code}.save", permission=made.may_write)(save))
    return made
