"""The lists of the book: parameters, codes, bases, special classes, reasons to suspect a double, events."""

from __future__ import annotations

from datetime import date

from yigongti.kernel import event
from yigongti.kernel.access.bases import Basis, all_bases
from yigongti.kernel.access.words import registry
from yigongti.kernel.parameters.codes import CodeList, Entry, code_lists
from yigongti.kernel.parameters.words import Dated, Default, defaults
from yigongti.record.policy import social_run
from yigongti.record.policy.special_classes import CLASSES, MINORS
from yigongti.residents.policy.likeness import REASONS
from yigongti.site.book_markup import page, section, table


MARKS = (
    ("S", "本项目的来源文件写明"), ("V", "已核对公开原文"), ("V2", "只见于转述"), ("M+", "凭记忆，把握大"),
    ("M", "凭记忆，把握中等"), ("M-", "凭记忆或本平台自定，使用前须由县里确认"),
)  # fmt: skip


def parameters() -> str:
    """Every shipped value with the day from which it holds; a county's own rows stand above them."""
    return page(
        "参数",
        "这里是随程序发布的默认值。各县可按日期设定本县的值，设定后以本县的为准；已过去的日子不因新值而改变。",
        table(
            ("名称", "代码", "值", "单位", "来源", "把握"), (_parameter(one) for _c, one in sorted(defaults().items()))
        ),
        section("把握的记号", table(("记号", "含义"), MARKS)),
    )


def _parameter(one: Default) -> tuple[str, ...]:
    values = "；".join(_dated(d) for d in one.values)
    return one.title, f"`{one.code}`", values, one.unit, one.source, one.confidence


def _dated(one: Dated) -> str:
    said = "、".join(one.value) if isinstance(one.value, tuple) else str(one.value)
    return f"{one.begins:%Y-%m-%d} 起 {said}"


def codes() -> str:
    """Every code list that can be chosen from."""
    return page("代码表", *(_code_list(one) for _code, one in sorted(code_lists.items())))


def _code_list(one: CodeList) -> str:
    return f"## {one.title}\n\n`{one.code}` · 来源：{one.source}\n\n{table(('代码', '名称'), map(_entry, one.entries))}"


def _entry(one: Entry) -> tuple[str, str]:
    ended = f"（{one.ends:%Y-%m-%d} 止）" if one.ends != date.max else ""
    return f"`{one.code}`", f"{one.label}{ended}"


def bases() -> str:
    """The relations on which a post may see a person, and who has them."""
    return page(
        "查阅依据",
        "看一个人的档案，先要有依据。长期依据无须另行说明，但每次查阅都记入审计；其他依据须写明理由，到时即失效。",
        table(("依据", "代码", "含义", "长期", "有效", "事后复核", "岗位"), (_basis(b) for b in all_bases().values())),
    )


def _basis(one: Basis) -> tuple[str, ...]:
    holders = "、".join(r.title for _c, r in sorted(registry.roles.items()) if one.code in r.bases) or "—"
    lasts = "—" if one.standing else f"{one.hours} 小时"
    return (one.title, f"`{one.code}`", one.says, _yes(one.standing), lasts, _yes(one.reviewed), holders)


def _yes(said: bool) -> str:
    return "是" if said else "否"


def special_classes() -> str:
    """What is secret beyond the rest."""
    rows = [
        (c.title, f"`{c.code}`", "、".join(c.covers), "、".join(c.leaves) or "—", c.law, f"{c.source} [{c.confidence}]",
         _who_may_read(c.code))
        for c in CLASSES
    ]  # fmt: skip
    by_age = f"按年龄（参数 `{MINORS.under.code}`）：{MINORS.says}"
    source = f"{MINORS.source} [{MINORS.confidence}]"
    rows.append((MINORS.title, f"`{MINORS.code}`", by_age, "—", MINORS.law, source, _who_may_read(MINORS.code)))
    head = ("类别", "代码", "诊断编码", "除外", "法律依据", "来源", "可以看的岗位")
    return page("特别保护的记录", "没有写明可以看的岗位，看不到，也看不出有这样的记录。", table(head, rows))


def _who_may_read(gate: str) -> str:
    return "、".join(r.title for _c, r in sorted(registry.roles.items()) if gate in r.gates) or "—"


def social_run_members() -> str:
    """What passes between social-run members and the others (R3)."""
    told = defaults()[social_run.PASSES_ON.code]
    listed = told.values[-1].value
    bases_ = "、".join(all_bases()[code].title for code in (listed if isinstance(listed, tuple) else ()))
    always = "、".join(social_run.ALWAYS.values())
    rows = [(says, bases_, "凡能打开档案的依据", always) for says in social_run.SAYS.values()]
    head = ("方向", "没有协议时凭什么依据", "协议约定共享后", "任何依据都能看")
    lead = f"依据：{social_run.CLAUSE}。参数 `{told.code}` 可按日期改定；协议随成员归属按日期登记。自己写的总能看。"
    return page("社会办成员的病历共享", lead, table(head, rows))


def likeness() -> str:
    """Why two registrations may be one human."""
    rows = [(r.says, f"`{r.code}`", str(r.score)) for r in REASONS]
    return page(
        "疑似重复的理由", "取最高一项的分值，不累加；由人判断，程序不自行合并。", table(("理由", "代码", "分值"), rows)
    )


def events() -> str:
    """What chapters tell those above them."""
    rows = [(title, f"`{code}`") for code, title in sorted(event.declared().items())]
    return page("各章之间的通知", table(("通知", "代码"), rows))
