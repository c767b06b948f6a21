"""The one who acts: an account in one post, at one moment."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from yigongti.kernel.access.words import Reach, Role, registry
from yigongti.kernel.language import phrase
from yigongti.kernel.refusal import NotAllowed


NO_ACCOUNT = NO_POST = 0
"""The keys of nobody: the house itself acts without account and post, and finds nothing that belongs to one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts, as which post, reaching which units. System actors have no account."""

    account_id: int | None
    person_name: str
    post_id: int | None
    role: Role
    unit_id: int
    unit_name: str
    unit_path: str
    unit_kind: str = ""
    covering: str = ""

    @property
    def title(self) -> str:
        """Name, role and unit, as the audit trail and the screens show them."""
        return f"{self.person_name}·{self.role.title}·{self.unit_name}"

    def may(self, permission: str) -> bool:
        """Whether the role page grants it; the unit and the person are decided in the query."""
        return permission in self.role.may or self.role.code in registry.grants.get(permission, ())

    def require(self, permission: str) -> None:
        """Refuse, naming what is missing."""
        if not self.may(permission):
            known = registry.permissions.get(permission)
            raise NotAllowed(
                who=phrase(self.role.title), what=known.title if known else permission, rule=self.role.source
            )

    def reaches_path(self, path: str) -> bool:
        """Whether a unit with this path lies within reach."""
        return path.startswith(self.unit_path) if self.role.reach is Reach.BELOW else path == self.unit_path

    def reach(self, prefix: str = "") -> Q:
        """The units within reach, as a condition; `prefix` leads to the unit, as in `reach("turn_unit__")`."""
        if self.role.reach is Reach.BELOW:
            return Q(**{f"{prefix}path__startswith": self.unit_path})
        return Q(**{f"{prefix}id": self.unit_id})
