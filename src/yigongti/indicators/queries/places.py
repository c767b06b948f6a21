"""Places that have figures, as far as the reader may see them: those of its own ground, and the county as a whole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.models import Unit
from yigongti.kernel.access.units import ancestry
from yigongti.organisations.queries import ground


CENTRES = ("township_centre", "community_centre")
UP = ("institution", "township", "group", "county")
"""The levels from below; a centre is a township and, for itself alone, an institution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A unit that has figures. `levels` are those it appears on, the highest last."""

    id: int
    name: str
    kind: str
    path: str
    parent: int

    @property
    def levels(self) -> tuple[str, ...]:
        """On which levels it has figures of its own."""
        if self.kind in ("county", "group"):
            return (self.kind,)
        return ("institution", "township") if self.kind in CENTRES else ("institution",)

    @property
    def level(self) -> str:
        """The highest of them."""
        return self.levels[-1]


@dataclass(frozen=True)
class Places:
    """The places that one reader sees, read once for a page."""

    actor: Actor
    own_ground: str

    @cached_property
    def by_id(self) -> dict[int, Place]:
        """Every visible place."""
        units = Unit.objects.exclude(kind="department").filter(path__startswith=self.own_ground)
        rows = [*units.values_list("pk", "name", "kind", "path", "parent_id"), *self._county()]
        return {pk: Place(id=pk, name=name, kind=kind, path=path, parent=parent or 0)
                for pk, name, kind, path, parent in rows}  # fmt: skip

    def _county(self) -> Iterable[tuple[int, str, str, str, int | None]]:
        root = ancestry(self.own_ground)[:1]
        return Unit.objects.filter(pk__in=root).values_list("pk", "name", "kind", "path", "parent_id")

    @property
    def home(self) -> Place | None:
        """Where the reader's post stands: the nearest place at or above its unit."""
        return next((self.by_id[pk] for pk in reversed(ancestry(self.actor.unit_path)) if pk in self.by_id), None)

    def home_level(self) -> str:
        """The level on which the reader's own place is first looked at."""
        return self.home.level if self.home else "county"

    def at(self, level: str) -> list[Place]:
        """The visible places of a level, by name of their way down."""
        return sorted((one for one in self.by_id.values() if level in one.levels), key=lambda one: one.path)

    def beside(self, place: Place, level: str) -> list[Place]:
        """Those that are counted under the same place above, itself among them."""
        return [one for one in self.at(level) if self.above(one, level) == self.above(place, level)]

    def below(self, place: Place, level: str) -> tuple[str, list[Place]]:
        """The next level down and its places under this one."""
        for lower in reversed(UP[: UP.index(level)]):
            found = [one for one in self.at(lower) if one.path.startswith(place.path)]
            if lower == "township" or (found and (lower != level)):
                found = [one for one in found if one.id != place.id or lower == "institution"]
            if found:
                return lower, found
        return "", []

    def above(self, place: Place, level: str) -> int:
        """Under which place's figure this one is counted."""
        if level == "institution" and place.kind in CENTRES:
            return place.id
        return place.parent

    def reached(self, place: Place) -> bool:
        """Whether the reader's post acts there, and not merely sees how it stands beside its own."""
        return self.actor.reaches_path(place.path)


def places(*, for_: Actor) -> Places:
    """What the reader sees."""
    return Places(actor=for_, own_ground=ground(for_=for_))
