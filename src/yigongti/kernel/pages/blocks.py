"""Blocks of the workbench beyond cases: what a chapter puts before a role when there is work to be done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from yigongti.kernel.access.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A heading with how many wait, a few lines (words, href), and where the rest is. `persons` are shown: audited.

    `above`: before the cases that wait, because it is about them.
    """

    title: str
    count: int | None = None
    lines: list[tuple[str, str]] = field(default_factory=list)
    href: str = ""
    word: str = ""
    persons: tuple[int, ...] = ()
    above: bool = False


Ask = Callable[..., Block | None]

_blocks: list[tuple[int, str, Ask]] = []


def block(*, permission: str, order: int = 50) -> Callable[[Ask], Ask]:
    """Register a block; called as `fn(for_=actor)` for those who may, returns None when there is nothing to say."""

    def add(function: Ask) -> Ask:
        _blocks.append((order, permission, function))
        return function

    return add


def blocks_for(*, for_: Actor) -> list[Block]:
    """The blocks of the actor's role that have something to say."""
    asked: list[Any] = [
        fn(for_=for_) for _o, permission, fn in sorted(_blocks, key=lambda b: b[0]) if for_.may(permission)
    ]
    return [made for made in asked if made is not None]
