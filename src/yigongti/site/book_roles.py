"""A role's page in the book: the job description, its rights by name, and what it must never be able to do."""

from __future__ import annotations

from yigongti.kernel.access.bases import all_bases
from yigongti.kernel.access.words import Reach, Role, registry
from yigongti.kernel.pages.registry import pages
from yigongti.record.policy.special_classes import BY_CODE, MINORS
from yigongti.site.book_markup import bullets, page, section, table


REACH = {Reach.UNIT: "只到本单位", Reach.BELOW: "本单位及其下属"}
GATES = {MINORS.code: f"{MINORS.title}（{MINORS.says}）"}


def role(one: Role) -> str:
    """The whole page."""
    return page(
        one.title,
        one.does,
        bullets(_heads(one)),
        section("可以办", table(("权限", "代码", "由来"), _rights(one, writes=True))),
        section("可以看", table(("权限", "代码", "由来"), _rights(one, writes=False))),
        section("凭什么查阅一个人的档案", table(("依据", "含义"), _bases(one))),
        section("特别保护的记录中可以看的", bullets(_gate(code) for code in one.gates)),
        section("绝不可以", bullets(one.never)),
    )


def _heads(one: Role) -> list[str]:
    places = [f"任职于：{'、'.join(f'`{kind}`' for kind in one.works_at)}"] if one.works_at else []
    factor = ["登录须用第二因素"] if one.second_factor else []
    source = [f"来源：{one.source}"] if one.source else []
    return [f"代码：`{one.code}`", *places, f"范围：{REACH[one.reach]}", *factor, *_reviews(one), *source]


def _reviews(one: Role) -> list[str]:
    """Who looks at what the role opened in an emergency or on duty, and who is told when nobody does in time."""
    told = (("紧急和履职查阅由谁复核", one.reviewed_by), ("逾期未复核报给", one.overdue_to))
    return [f"{what}：{'、'.join(registry.roles[code].title for code in codes)}" for what, codes in told if codes]


def _rights(one: Role, *, writes: bool) -> list[tuple[str, str, str]]:
    own = [(code, "岗位页") for code in one.may]
    lent = [(code, "流程页") for code, roles in sorted(registry.grants.items()) if one.code in roles]
    return [(_title(code), f"`{code}`", whence) for code, whence in own + lent if _writes(code) == writes]


def _writes(code: str) -> bool:
    known = registry.permissions.get(code)
    return bool(known and known.writes)


def _title(code: str) -> str:
    known, shown = registry.permissions.get(code), pages.get(code)
    if known:
        return known.title
    return shown.title if shown else "（尚无门）"


def _bases(one: Role) -> list[tuple[str, str]]:
    known = all_bases()
    return [(known[code].title, known[code].says) for code in one.bases if code in known]


def _gate(code: str) -> str:
    return f"{BY_CODE[code].title if code in BY_CODE else GATES.get(code, '')} `{code}`"
