"""What can be said of a page without running it: every name resolves, every state is reached and left."""

from __future__ import annotations

from collections.abc import Iterator

from yigongti.kernel.parameters.words import Parameter, defaults
from yigongti.kernel.workflow.words import BIRTH, CLOCK, Escalate, Remind, Take, Workflow


def faults(page: Workflow) -> list[str]:
    """Everything wrong with a page, each in one sentence; empty when it may be used."""
    return [f"{page.code}: {fault}" for fault in _faults(page)]


def _faults(page: Workflow) -> Iterator[str]:
    yield from _doubles(page)
    yield from _timers_alike(page)
    yield from _unknown_names(page)
    yield from _unknown_parameters(page)
    yield from _unreached(page)
    yield from _stuck(page)
    yield from _unseen(page)


def _doubles(page: Workflow) -> Iterator[str]:
    for kind in ("sides", "parts", "states", "fields", "steps", "ladders"):
        codes = [one.code for one in getattr(page, kind)]
        yield from (f"{kind} has {code} twice" for code in sorted({c for c in codes if codes.count(c) > 1}))


def _timers_alike(page: Workflow) -> Iterator[str]:
    if len(page.timer_names()) < len(page.timers):
        yield "two timers have one name"


def _unknown_names(page: Workflow) -> Iterator[str]:
    states = {s.code for s in page.states} | {BIRTH}
    parts = {p.code for p in page.parts} | {CLOCK}
    sides = {s.code for s in page.sides}
    fields = {f.code for f in page.fields}
    steps = {s.code for s in page.steps}
    ladders = {one.code for one in page.ladders}
    asked = [
        *(("state", n, f"step {s.code}") for s in page.steps for n in (*s.frm, s.to)),
        *(("part", n, f"step {s.code}") for s in page.steps for n in s.by),
        *(("field", n, f"step {s.code}") for s in page.steps for n in (*s.must_record, *s.may_record)),
        *(("step", n, f"step {s.code}") for s in page.steps for n in s.not_by),
        *(("field", o.per_field, f"step {s.code}") for s in page.steps for o in s.opens),
        *(("part", s.turn, f"state {s.code}") for s in page.states if s.turn),
        *(("side", p.side, f"part {p.code}") for p in page.parts),
        *(("part", n, f"ladder {one.code}") for one in page.ladders for n in one.rungs),
        *(("state", t.state, "a timer") for t in page.timers),
        *(("field", t.since, "a timer") for t in page.timers if t.since),
        *(("part", t.then.part, "a timer") for t in page.timers if isinstance(t.then, Remind)),
        *(("ladder", t.then.ladder, "a timer") for t in page.timers if isinstance(t.then, Escalate)),
        *(("step", t.then.step, "a timer") for t in page.timers if isinstance(t.then, Take)),
        *(("side", s.side, "sees") for s in page.sees),
        *(("state", n, "sees") for s in page.sees for n in s.states),
        *(("state", n, "ends") for n in page.ends),
        *(("state", n, "frees") for n in page.frees),
        *(("state", n, "moves") for n in page.moves.values()),
        *(("field", n, "one_open_per") for n in page.one_open_per),
        *(("panel", n, "clinical_panels") for n in page.clinical_panels),
    ]
    panels = {n for s in page.sees for n in s.panels}
    known = {"state": states, "part": parts, "side": sides, "field": fields, "step": steps, "ladder": ladders,
             "panel": panels}  # fmt: skip
    yield from (f"{where} names the {kind} {name}, which the page does not have" for kind, name, where in asked
                if name not in known[kind])  # fmt: skip


def parameters_named(page: Workflow) -> list[Parameter]:
    """Every parameter the page names."""
    named = [t.after for t in page.timers] + [s.claims for s in page.steps if s.claims]
    return named + [one.every for one in page.ladders if one.every]


def _unknown_parameters(page: Workflow) -> Iterator[str]:
    yield from (f"the parameter {p.code} ships nowhere" for p in parameters_named(page) if p.code not in defaults())


def _unreached(page: Workflow) -> Iterator[str]:
    reached, grew = {BIRTH}, True
    while grew:
        more = {s.to for s in page.steps if reached & set(s.frm)} - reached
        reached |= more
        grew = bool(more)
    yield from (f"no path leads to {s.code}" for s in page.states if s.code not in reached)


def _stuck(page: Workflow) -> Iterator[str]:
    left = {name for s in page.steps for name in s.frm if s.to != name}
    yield from (f"nothing leads out of {s.code}" for s in page.states if s.code not in left and s.code not in page.ends)
    yield from (f"{s.code} waits for nobody" for s in page.states if not s.turn and s.code not in page.ends)


def _unseen(page: Workflow) -> Iterator[str]:
    seen = {(s.side, name) for s in page.sees for name in s.states}
    for one in page.steps:
        for name in one.by:
            side = next((p.side for p in page.parts if p.code == name), "")
            for frm in one.frm:
                if frm != BIRTH and side and (side, frm) not in seen:
                    yield f"{name} may take {one.code} in {frm}, but its side does not see the case there"


def words_used(page: Workflow) -> set[str]:
    """The words of the page beyond state and step: the engine must carry each, or the boot stops by its name."""
    used = {name for s in page.steps for name in
            ("guards", "does", "announces", "hand_over", "not_by", "claims", "revises", "opens", "joins")
            if getattr(s, name)}  # fmt: skip
    used |= {f"counts {t.counts}" for t in page.timers}
    used |= {f"then {type(t.then).__name__.lower()}" for t in page.timers}
    used |= {"moves"} if page.moves else set()
    used |= {"one_open_per"} if page.one_open_per else set()
    return used
