"""Rows that another chapter keeps as facts of its own, by versions: claims, births, deaths. One call a step takes them.

The dry run is that very call, taken back: so the sheet refuses what the chapter refuses, in the chapter's own words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from yigongti.exchange.batches.kinds import Outcome, Row
from yigongti.exchange.senders import the_inbox
from yigongti.exchange.tables.sheet import Sheet
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.action.gate import Receipt
from yigongti.kernel.parameters.codes import code_lists


STATES = {"new": "applied", "corrected": "applied", "contradicts": "applied", "same": "known", "refused": "wrong"}
UNDONE = "撤销整张表"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A chapter's facts as a sheet brings them: how a row is told, who takes it, how it is withdrawn.

    `prepare` finds persons and places for many rows; `take` gives the chapter's outcomes in the order told. What
    `withdraw` could not take back with a fact, it says by the fact's id in `data["left"]`.
    """

    sheet: Sheet
    label: str
    prepare: Callable[[Actor, Sequence[Row]], None]
    tell: Callable[[Row], Any]
    take: Callable[[list[Any]], Sequence[Mapping[str, Any]]]
    withdraw: Callable[[list[int], str], Receipt | None]

    def check(self, by: Actor, rows: Sequence[Row]) -> None:
        """Take the sound rows for a moment; what is refused is a problem, what is there already is known."""
        self.prepare(by, rows)
        sound = [row for row in rows if not row.problems]
        with transaction.atomic():
            outcomes = self.take([self.tell(row) for row in sound]) if sound else ()
            transaction.set_rollback(True)
        for row, outcome in zip(sound, outcomes, strict=True):
            self._note(row, outcome)

    def _note(self, row: Row, outcome: Mapping[str, Any]) -> None:
        if outcome["what"] == "refused":
            names = {column.field for column in self.sheet.columns}
            at = outcome.get("field", "")
            row.wrong(self.sheet, at if at in names else self.sheet.columns[0].field, _plain(outcome["why"]))
        elif outcome["what"] == "same":
            row.known = f"{self.label}:{outcome['id']}"

    def take_in(self, by: Actor, rows: Sequence[Row]) -> list[Outcome]:
        """Take them in; a row that the chapter refuses by now says why."""
        self.prepare(by, rows)
        sound = [row for row in rows if not row.problems]
        said = dict(
            zip(
                [row.number for row in sound],
                self.take([self.tell(row) for row in sound]) if sound else (),
                strict=True,
            )
        )
        return [self._outcome(row, said.get(row.number)) for row in rows]

    def _outcome(self, row: Row, said: Mapping[str, Any] | None) -> Outcome:
        if said is None:
            return Outcome(state="wrong", note="；".join(one.says for one in row.problems))
        made = f"{self.label}:{said['id']}" if said.get("id") else ""
        return Outcome(state=STATES[said["what"]], made=made, note=str(said.get("why", "")))

    def undo(self, by: Actor, rows: Sequence[Row]) -> list[Outcome]:
        """Withdraw what they became; an earlier version counts again."""
        made = {row.number: int(row.made.rsplit(":", 1)[1]) for row in rows}
        receipt = self.withdraw(list(made.values()), UNDONE)
        left = receipt.data.get("left", {}) if receipt else {}
        return [Outcome(state="undone", made=row.made, note=str(left.get(made[row.number], ""))) for row in rows]


def _plain(words: str) -> str:
    """A sentence with its values filled in already, safe to be kept as a rule."""
    return words.replace("{", "（").replace("}", "）")


def entries_of(code: str) -> dict[str, str]:
    """The labels of a code list by code."""
    return {one.code: one.label for one in code_lists[code].entries}


def by_inbox(act: Callable[..., Any], name: str, **more: Any) -> Callable[[list[Any]], Sequence[Mapping[str, Any]]]:
    """A chapter's action, done by the house, as `Facts.take` wants it."""

    def take(told: list[Any]) -> Sequence[Mapping[str, Any]]:
        found: Sequence[Mapping[str, Any]] = act(by=the_inbox(), **{name: told}, **more).data[name]
        return found

    return take
