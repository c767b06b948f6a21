"""A cell's text that breaks its rule."""

from __future__ import annotations


class Unfit(ValueError):
    """`rule` says in words what is wrong, with `{names}` to fill from `facts`, as residents' readers do."""

    def __init__(self, rule: str, **facts: object) -> None:
        self.rule = rule
        self.facts = facts
        super().__init__(rule.format(**facts) if facts else rule)
