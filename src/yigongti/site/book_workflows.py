"""A workflow's page in the book: everything its definition says, in the order its owner asks."""

from __future__ import annotations

import inspect

from yigongti.kernel.access.words import registry
from yigongti.kernel.parameters.codes import code_lists
from yigongti.kernel.parameters.words import Parameter, defaults
from yigongti.kernel.workflow import checks, rooms
from yigongti.kernel.workflow.words import BIRTH, CLOCK, Escalate, Field, Ladder, Remind, Step, Timer, Workflow
from yigongti.site.book_markup import bullets, page, section, table


COUNTS = {"minutes": "昼夜连续计", "working_minutes": "只计工作时间", "calendar_days": "含末日"}
KINDS = {
    "text": "一行文字", "long_text": "文字", "choice": "单选", "choices": "多选", "yes": "是否", "number": "数值",
    "date": "日期", "moment": "时间", "picked": "查找选定",
}  # fmt: skip


def standing(one: Workflow) -> str:
    """Whether the engine carries the page, and if not, which of its words wait."""
    if one.code in rooms.kept:
        return "已承担"
    missing = sorted(checks.words_used(one) - rooms.CARRIED)
    waits = f"；程序尚不认识的词：{'、'.join(f'`{w}`' for w in missing)}" if missing else ""
    return f"未承担：只有本页，尚无表格和屏幕{waits}"


def workflow(one: Workflow) -> str:
    """The whole page."""
    return page(
        one.title,
        f"`{one.code}` · 单号前缀 {one.prefix} · {standing(one)}",
        bullets(_heads(one)),
        section("各方", table(("代码", "名称"), ((f"`{s.code}`", s.title) for s in one.sides))),
        section("经办", table(("经办", "代表", "岗位"), _parts(one))),
        section("状态", table(("状态", "代码", "轮到谁"), _states(one))),
        section("步骤", table(("步骤", "由谁", "从", "到", "必填", "选填", "条件与效果", "条款"), _steps(one))),
        section("时限", table(("在哪个状态", "多久", "然后", "承诺", "条款", "来源"), _timers(one))),
        section("逐级上报", table(("代码", "先后", "间隔"), (_ladder(one, ladder) for ladder in one.ladders))),
        section("谁在何时看得到什么", table(("哪一方", "状态", "看得到"), _sees(one))),
        section("记录的内容", table(("内容", "代码", "形式"), (_field(f) for f in one.fields))),
        section("条件与效果的含义", table(("名称", "程序中的说明"), _named(one))),
        section("图", _diagram(one)),
    )


def _heads(one: Workflow) -> list[str]:
    per = "、".join(one.field_of(name).label for name in one.one_open_per)
    only = [f"同一{per}同时只能有一单未办结；已有的，引到那一单。"] if per else []
    moved = [f"状态 `{old}` 已并入 `{new}`。" for old, new in one.moves.items()]
    return [f"依据：{one.basis}", f"来源：{one.source}", *only, *moved]


def _parts(one: Workflow) -> list[tuple[str, str, str]]:
    sides = {s.code: s.title for s in one.sides}
    return [(p.title, sides[p.side], "、".join(_role(code) for code in p.roles)) for p in one.parts]


def _role(code: str) -> str:
    known = registry.roles.get(code)
    return f"[{known.title}](role.{code}.md)" if known else f"`{code}`（尚无岗位页）"


def _states(one: Workflow) -> list[tuple[str, str, str]]:
    return [(s.title, f"`{s.code}`", _turn(one, s.code, s.turn)) for s in one.states]


def _turn(one: Workflow, code: str, turn: str) -> str:
    if code in one.ends:
        return "（结束）"
    return _part(one, turn) if turn else "—"


def _part(one: Workflow, code: str) -> str:
    return "到时限，由系统" if code == CLOCK else one.part(code).title


def _state(one: Workflow, code: str) -> str:
    return "（新办）" if code == BIRTH else one.state(code).title


def _labels(one: Workflow, codes: tuple[str, ...]) -> str:
    return "、".join(one.field_of(code).label for code in codes) or "—"


def _steps(one: Workflow) -> list[tuple[str, ...]]:
    return [
        (
            s.title,
            "、".join(_part(one, name) for name in s.by),
            "、".join(_state(one, name) for name in s.frm),
            _state(one, s.to),
            _labels(one, s.must_record),
            _labels(one, s.may_record),
            "；".join(_bears(one, s)) or "—",
            s.clause or "—",
        )
        for s in one.steps
    ]


def _bears(one: Workflow, s: Step) -> list[str]:
    said = [f"条件 `{name}`" for name in s.guards] + [f"效果 `{name}`" for name in s.does]
    said += [f"不得由办“{one.step(name).title}”的人办" for name in s.not_by]
    said += [f"领取，{_amount(s.claims)} 后失效"] if s.claims else []
    said += [f"是“{one.step(s.revises).title}”的新版本"] if s.revises else []
    said += [f"按“{one.field_of(o.per_field).label}”各开一单 {_title(o.workflow)}" for o in s.opens]
    said += (
        [f"须等 {_title(s.joins.workflow)} {'全部' if s.joins.wait_for == 'all' else '任一'}办结"] if s.joins else []
    )
    said += [f"移交 {_title(s.hand_over)}"] if s.hand_over else []
    return said + ([f"通知 `{s.announces}`"] if s.announces else [])


def _title(code: str) -> str:
    known = rooms.known.get(code)
    return f"[{known.title}]({code}.md)" if known else f"`{code}`"


def _amount(named: Parameter) -> str:
    shipped = defaults()[named.code]
    return f"{shipped.values[-1].value} {shipped.unit}"


def _timers(one: Workflow) -> list[tuple[str, ...]]:
    return [
        (
            _state(one, t.state),
            f"{_since(one, t)}{_amount(t.after)}（{COUNTS[t.counts]}）`{t.after.code}`",
            _then(one, t),
            "是" if t.promise else "否",
            t.clause or "—",
            f"{defaults()[t.after.code].source} [{defaults()[t.after.code].confidence}]",
        )
        for t in one.timers
    ]


def _since(one: Workflow, t: Timer) -> str:
    return f"自“{one.field_of(t.since).label}”起 " if t.since else ""


def _then(one: Workflow, t: Timer) -> str:
    if isinstance(t.then, Remind):
        return f"提醒{_part(one, t.then.part)}"
    if isinstance(t.then, Escalate):
        return f"逐级上报 `{t.then.ladder}`"
    return f"由系统办“{one.step(t.then.step).title}”"


def _ladder(one: Workflow, ladder: Ladder) -> tuple[str, str, str]:
    every = f"{_amount(ladder.every)}（{COUNTS[ladder.counts]}）" if ladder.every else "—"
    return f"`{ladder.code}`", " → ".join(_part(one, name) for name in ladder.rungs), every


def _sees(one: Workflow) -> list[tuple[str, str, str]]:
    sides = {s.code: s.title for s in one.sides}
    return [
        (sides[s.side], "、".join(_state(one, name) for name in s.states), "、".join(f"`{p}`" for p in s.panels))
        for s in one.sees
    ]


def _field(f: Field) -> tuple[str, str, str]:
    listed = code_lists.get(f.options)
    options = f"：[{listed.title}](codes.md)" if listed else f"：`{f.options}`" if f.options else ""
    unit = f"（{f.unit}）" if f.unit else ""
    return f.label, f"`{f.code}`", f"{KINDS[f.kind]}{options}{unit}"


def _named(one: Workflow) -> list[tuple[str, str]]:
    """Guards and effects stand beside the page in code; their own first sentence tells what they do."""
    brought = {**rooms.guards, **rooms.effects}
    names = dict.fromkeys(name for s in one.steps for name in (*s.guards, *s.does))
    return [(f"`{name}`", _first_sentence(brought.get(name))) for name in names]


def _first_sentence(function: object) -> str:
    return (inspect.getdoc(function) or "").split("\n", 1)[0] if function else "（尚无人提供）"


def _diagram(one: Workflow) -> str:
    lines = [f'    state "{s.title}" as {s.code}' for s in one.states]
    lines += [f"    {'[*]' if frm == BIRTH else frm} --> {s.to}: {s.title}" for s in one.steps for frm in s.frm]
    lines += [f"    {name} --> [*]" for name in one.ends]
    return "\n".join(["```mermaid", "stateDiagram-v2", *lines, "```"])
