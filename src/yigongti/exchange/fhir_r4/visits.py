"""What a checker must know beyond the value in its hand: the resource around it and the one around that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from yigongti.exchange.fhir_r4.faults import Faults


Resource = dict[str, Any]


@dataclass(slots=True)
class Visit:
    """The check of one resource; `root` is the one that contains it, or itself."""

    root: Resource
    resource: Resource
    named: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    """Addresses that only a bundle around can resolve, with the types that may stand behind each."""
    ids: set[str] = field(default_factory=set)
    """Ids of its elements."""
    known: dict[str, str] | None = None

    def contained(self) -> dict[str, str]:
        """Id → type of what the outermost resource contains."""
        if self.known is None:
            listed = self.root.get("contained")
            self.known = {
                one["id"]: str(one.get("resourceType"))
                for one in (listed if type(listed) is list else ())
                if type(one) is dict and type(one.get("id")) is str
            }
        return self.known


Check = Callable[[Any, Resource, Visit, Faults], None]
"""Value, the object that holds it, the visit, and where faults go."""


def nothing(value: Any, holder: Resource, visit: Visit, faults: Faults) -> None:
    """The check of what is looked at elsewhere."""
