"""The organisation as a tree of what the actor may see: its own group open, another's by name alone (R18)."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef

from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.language import say
from yigongti.kernel.pages.parts import State
from yigongti.organisations import queries
from yigongti.organisations.checks import institution_warnings
from yigongti.organisations.labels import KINDS, LEGAL_MODELS, label
from yigongti.organisations.models import County, Department, Group, Institution, Membership


@dataclass(slots=True, kw_only=True)
class Node:
    """A line of the tree. Without `href` only its name may be seen."""

    name: str
    kind: str = ""
    href: str = ""
    open: bool = False
    leads: bool = False
    warnings: list[State] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)


def tree(*, for_: Actor) -> list[Node]:
    """The whole county in four queries, whatever its size."""
    ground = queries.ground(for_=for_)
    nodes: dict[int, Node] = {}
    roots: list[Node] = []
    for thing, parent_id in _things():
        node = _node(thing, seen=thing.unit.path.startswith(ground))
        nodes[thing.pk] = node
        above = nodes.get(parent_id) if parent_id else None
        (above.children if above else roots).append(node)
        if for_.unit_path.startswith(thing.unit.path):
            node.open = True
    return roots


def _things() -> list[tuple[County | Group | Institution | Department, int | None]]:
    """Everything that is open, parents before children, institutions by level and name."""
    leads = Membership.objects.filter(queries.holds_on(clock.today()), institution_id=OuterRef("pk"), leads=True)
    institutions = queries.open_institutions().annotate(leads=Exists(leads))
    rank = {"county": 0, "township": 1, "village": 2, "outside": 3}
    found: list[County | Group | Institution | Department] = [
        *County.objects.select_related("unit"),
        *Group.objects.select_related("unit").order_by("pk"),
        *sorted(institutions, key=lambda one: (rank.get(one.level, 9), not one.leads, one.pinyin, one.pk)),
        *Department.objects.select_related("unit").filter(queries.is_open_today()).order_by("pinyin", "pk"),
    ]
    return [(thing, thing.unit.parent_id) for thing in found]


def _node(thing: County | Group | Institution | Department, *, seen: bool) -> Node:
    if isinstance(thing, County):
        return Node(name=thing.name, kind=say("县"), open=True)
    if isinstance(thing, Group):
        href = f"/organisations/registers/groups/{thing.pk}" if seen else ""
        return Node(name=thing.name, kind=say(label(LEGAL_MODELS, thing.legal_model)), href=href, open=seen)
    if isinstance(thing, Department):
        href = f"/organisations/registers/departments/{thing.pk}" if seen else ""
        return Node(name=thing.name, kind=say("接收转诊") if thing.receives_referrals else "", href=href)
    leads = bool(getattr(thing, "leads", False))
    return Node(
        name=thing.name,
        kind=say(label(KINDS, thing.kind)),
        href=f"/organisations/institutions/{thing.pk}" if seen else "",
        leads=leads,
        warnings=[State(word=words, kind="soon") for words in institution_warnings(thing, leads=leads)] if seen else [],
    )


def matching(nodes: list[Node], names: set[str]) -> list[Node]:
    """The branches that lead to one of the names, opened."""
    kept = []
    for node in nodes:
        below = matching(node.children, names)
        if below or node.name in names:
            node.children, node.open = below or node.children, bool(below)
            kept.append(node)
    return kept
