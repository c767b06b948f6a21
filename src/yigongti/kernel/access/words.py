"""The words a role page is written in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Reach(StrEnum):
    """How far from its own unit a post acts."""

    UNIT = "unit"
    BELOW = "below"


class Never(str):
    """What a role must never be able to do: the sentence, with the name that its test is marked by.

    `until` names the chapter that will bring what the sentence forbids; from its first day the test is due.
    """

    code: str
    until: str

    def __new__(cls, code: str, says: str, *, until: str = "") -> Never:
        """A sentence that knows its name."""
        made = super().__new__(cls, says)
        made.code, made.until = code, until
        return made


def never(code: str, says: str, /, *, until: str = "") -> Never:
    """A sentence of a role page, as pages write it."""
    return Never(code, says, until=until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """One role, as its holder's job description: what it is for, what it may do, what it must never be able to do.

    `reviewed_by`: the roles that look afterwards at what it opened in an emergency or on duty; `overdue_to`: the roles
    that are told when nobody has. `alone_at`: the one page of a device that nobody sits at; every other leads
    there, and its session does not end because nobody touches it.
    """

    code: str
    title: str
    does: str
    works_at: tuple[str, ...]
    reach: Reach = Reach.UNIT
    may: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    gates: tuple[str, ...] = ()
    reviewed_by: tuple[str, ...] = ()
    overdue_to: tuple[str, ...] = ()
    never: tuple[Never, ...] = ()
    persona: str = ""
    source: str = ""
    second_factor: bool = False
    alone_at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """One thing that can be permitted: registered by whoever guards it with it."""

    code: str
    title: str
    writes: bool


class Registry:
    """Roles and permissions known to this house; names are resolved and checked at boot."""

    def __init__(self) -> None:
        self.roles: dict[str, Role] = {}
        self.permissions: dict[str, Permission] = {}
        self.grants: dict[str, set[str]] = {}

    def add_role(self, role: Role) -> Role:
        """Register a role page; a second page of the same code is a programmer's error."""
        if self.roles.setdefault(role.code, role) != role:
            raise ValueError(f"two pages describe the role {role.code}")
        return role

    def add_permission(self, code: str, *, title: str, writes: bool) -> str:
        """Register what a gate asks for; the same code may guard several doors of the same kind."""
        self.permissions.setdefault(code, Permission(code=code, title=title, writes=writes))
        return code

    def grant(self, permission: str, roles: Iterable[str]) -> None:
        """Let a workflow page's parts carry their steps' permissions: the page already says who acts."""
        self.grants.setdefault(permission, set()).update(roles)

    def roles_for(self, permission: str) -> set[str]:
        """The codes of the roles that hold a permission, by their own page or by a workflow's parts."""
        own = {code for code, role in self.roles.items() if permission in role.may}
        return own | self.grants.get(permission, set())

    def faults(self) -> list[str]:
        """What is wrong between the pages and the gates: unknown names, doors that nobody may pass."""
        known = set(self.permissions)
        granted = {code for role in self.roles.values() for code in role.may} | set(self.grants)
        unknown = [
            f"role {role.code} may {code}, which no gate asks for"
            for role in self.roles.values()
            for code in role.may
            if code not in known
        ]
        strangers = [
            f"{permission} is granted to {role}, a role without a page"
            for permission, roles in self.grants.items()
            for role in roles
            if role not in self.roles
        ]
        return unknown + strangers + [f"{code} is guarded but no role may do it" for code in sorted(known - granted)]


registry = Registry()
