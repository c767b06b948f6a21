"""The invented people, cases and figures that the page /style shows its parts with."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from yigongti.kernel.pages import said
from yigongti.kernel.pages.drawing import Place, Series
from yigongti.kernel.pages.parts import (
    Act,
    CaseRow,
    Cell,
    Clock,
    Column,
    Entry,
    Field,
    Figure,
    Option,
    PathStep,
    Person,
    Receipt,
    Row,
    State,
)


COLOURS = (
    ("ink", "墨", "字"),
    ("ground", "月白", "底"),
    ("azurite", "石青", "可以办的"),
    ("bamboo", "竹青", "已办好"),
    ("gamboge-shape", "藤黄", "快到时限"),
    ("cinnabar", "朱砂", "伤害、已过时限"),
)
ICONS = (
    "today people person referral up down out arrow lab image ecg followup contract supplies chart search urgent menu "
    "print undo check cross bell clock phone medicine document bed place eye lock chevron plus filter download visit "
    "village township county settings swap leave help"
)
STATES = (
    State(word="待接收", kind="waiting"),
    State(word="办理中", kind="active"),
    State(word="已办好", kind="done"),
    State(word="快到时限", kind="soon"),
    State(word="已过时限", kind="overdue"),
    State(word="危急", kind="harm"),
    State(word="已关闭", kind="closed"),
)
UNITS = ("城关镇卫生院", "义安镇卫生院", "张兰镇卫生院", "连福镇卫生院", "县人民医院", "县中医院", "县妇幼保健院")


def words() -> dict[str, object]:
    """Colours, icons, states, filters and tabs."""
    return {
        "colours": COLOURS,
        "icons": ICONS.split(),
        "states": STATES,
        "filters": [
            Option(value="mine", label="我的", href="?show=mine", count=7, current=True),
            Option(value="unit", label="本院", href="?show=unit", count=23),
            Option(value="late", label="已过时限", href="?show=late", count=2),
            Option(value="all", label="看得到的全部", href="?show=all"),
        ],
        "tabs": [
            Option(value="board", label="待办", href="?tab=board", count=7, current=True),
            Option(value="others", label="等别人", href="?tab=others", count=5),
            Option(value="done", label="刚办好", href="?tab=done"),
        ],
    }


def form() -> dict[str, object]:
    """A form that was refused once: all errors at once, what was typed stays."""
    choices = [
        Option(value="up", label="上转", help="到县级医院"),
        Option(value="down", label="下转", help="回乡镇卫生院"),
        Option(value="out", label="外转", help="出县"),
    ]
    return {
        "errors": [("f-systolic", "收缩压：要在 50 到 300 之间，填的是 1350"), ("f-reason", "转诊理由：不能为空")],
        "fields": [
            Field(name="who", label="居民", kind="picker", url="/style", placeholder="姓名、拼音首字母、证件号、电话"),
            Field(name="direction", label="方向", kind="cards", options=choices, value="up"),
            Field(name="unit", label="接收机构", kind="select", options=[Option(value=u, label=u) for u in UNITS]),
            Field(name="day", label="预约日期", kind="date", required=False, help="不填由接收方安排。"),
            Field(
                name="systolic",
                label="收缩压",
                kind="number",
                unit="mmHg",
                value="1350",
                minimum="50",
                maximum="300",
                error="要在 50 到 300 之间，填的是 1350。",
                help="坐位，静息五分钟后测。",
            ),
            Field(name="reason", label="转诊理由", kind="textarea", error="不能为空。"),
            Field(
                name="paper",
                label="附件",
                kind="file",
                required=False,
                accept="image/*,.pdf",
                help="照片或 PDF，10 MB 以内。",
            ),
            Field(name="consent", label="已向患者或家属说明，并取得同意", kind="check"),
        ],
    }


def clocks(now: datetime) -> dict[str, Clock]:
    """Each kind of clock, from calm to broken."""
    return {
        "late": said.due_clock(
            now - timedelta(minutes=6), now=now, since=now - timedelta(minutes=16), rule="危急值十分钟内确认"
        ),
        "soon": said.due_clock(
            now + timedelta(minutes=18), now=now, since=now - timedelta(minutes=102), rule="第十一条：两小时内接收"
        ),
        "calm": said.due_clock(
            now + timedelta(hours=21), now=now, since=now - timedelta(hours=3), rule="第十三条：二十四小时内到院"
        ),
        "waited": said.waited_clock(now - timedelta(minutes=4), now=now, promised="10 分钟"),
    }


ZHANG = Person(name="张桂兰", sex="女", age="67 岁", href="#person", flags=(State(word="青霉素过敏", kind="harm"),))
WANG = Person(name="王有福", sex="男", age="71 岁", href="#person")
MASKED = Person(name="赵*珍", sex="女", age="54 岁", masked=True)
INFANT = Person(name="欧阳雨桐", sex="女", age="8 个月", flags=(STATES[3],), note="0912 已建档")


def rows(now: datetime) -> dict[str, object]:
    """People, clocks, and the groups of a worklist."""
    each = clocks(now)
    return {
        "people": [ZHANG, WANG, MASKED, INFANT],
        "clocks": [each["calm"], each["soon"], each["late"], each["waited"]],
        "urgent_rows": _immediate(each),
        "today_rows": _today(each),
    }


def _immediate(each: dict[str, Clock]) -> list[CaseRow]:
    return [
        CaseRow(
            person=ZHANG,
            what="血钾 6.8 mmol/L 待确认",
            detail="复查无误，已电话告知",
            href="#case",
            sender="县检验中心",
            receiver="您",
            receiver_is_me=True,
            clock=each["late"],
            act=Act(word="确认接收", href="#case", kind="primary"),
        ),
        CaseRow(
            person=WANG,
            what="上转 心内科 床位保留",
            detail="急性冠脉综合征待排",
            href="#case",
            sender="县人民医院",
            receiver="您",
            receiver_is_me=True,
            clock=each["soon"],
            act=Act(word="通知家属", href="#case", kind="primary"),
        ),
    ]


def _today(each: dict[str, Clock]) -> list[CaseRow]:
    return [
        CaseRow(
            person=Person(name="李改梅", sex="女", age="59 岁", href="#person"),
            what="下转 脑梗死恢复期 请安排随访",
            href="#case",
            sender="县人民医院 神经内科",
            receiver="城关镇卫生院",
            receiver_is_me=True,
            state=STATES[0],
            clock=each["calm"],
            act=Act(word="接收", href="#case"),
        ),
        CaseRow(
            person=Person(name="任海生", sex="男", age="46 岁", href="#person"),
            what="高血压随访 第三季度",
            detail="上次 162/96 mmHg，已调药",
            href="#case",
            receiver="您",
            receiver_is_me=True,
            state=State(word="待随访"),
            clock=each["soon"],
            act=Act(word="记随访", href="#case"),
        ),
        CaseRow(
            person=MASKED,
            what="远程心电",
            href="#case",
            sender="您",
            receiver="县心电中心 王医生",
            state=STATES[1],
            clock=each["waited"],
        ),
    ]


def case(now: datetime) -> dict[str, object]:
    """A case: its path, receipt, steps and facts."""
    undo = Act(word="撤回", href="#undo", icon="undo", kind="secondary")
    return {
        "path": [
            PathStep(name="提交转诊", kind="done", at=now - timedelta(hours=2), who="李秀英"),
            PathStep(name="会诊", kind="skipped"),
            PathStep(
                name="待上级接收",
                kind="current",
                at=now - timedelta(minutes=102),
                who="县人民医院转诊中心",
                clock=clocks(now)["soon"],
            ),
            PathStep(name="到院"),
            PathStep(name="出院"),
            PathStep(name="带方案返回"),
        ],
        "receipt": Receipt(
            number="ZZ2026-11-0312",
            at=now,
            said="上转已提交。",
            then="县人民医院转诊中心两小时内答复，答复会出现在今日工作。",
            href="#case",
            undo=undo,
            undo_until=now + timedelta(minutes=10),
        ),
        "acts": [
            Act(word="接收", href="#case", kind="primary"),
            Act(word="退回", href="#case"),
            Act(word="作废", href="#case", kind="danger"),
        ],
        "empty_act": Act(word="登记一位居民", href="#person", icon="plus"),
        "dialog_act": Act(word="作废这张单", href="#case", kind="danger"),
        "facts": [
            ("发起", "城关镇卫生院 李秀英"),
            ("初步诊断", "急性冠脉综合征待排 I24.9"),
            ("过敏", "青霉素"),
            ("妊娠", ""),
        ],
    }


def record(now: datetime) -> dict[str, object]:
    """A lifelong timeline in its four lanes."""

    def ago(days: int) -> datetime:
        return now - timedelta(days=days, hours=2)

    return {
        "lanes": [
            Option(value="all", label="全部", href="?kind=all", count=6, current=True),
            Option(value="visit", label="就诊", href="?kind=visit", count=3),
        ],
        "entries": [
            Entry(
                title="高血压随访 148/92 mmHg",
                at=ago(0),
                lane="village",
                icon="followup",
                kind_word="随访",
                unit="北辛武村卫生室 任建国",
            ),
            Entry(
                title="血钾 6.8 mmol/L",
                at=ago(1),
                lane="county",
                icon="lab",
                kind_word="检验",
                unit="县检验中心",
                state=STATES[5],
                href="#lab",
            ),
            Entry(
                title="胸闷三日",
                at=ago(2),
                lane="township",
                icon="visit",
                kind_word="门诊",
                unit="城关镇卫生院",
                author="李秀英",
                detail="查心电图，转县人民医院心内科。",
            ),
            Entry(
                title="急性冠脉综合征 住院 6 天",
                at=ago(40),
                lane="county",
                icon="bed",
                kind_word="住院",
                unit="县人民医院",
                href="#stay",
            ),
            Entry(
                title="冠状动脉造影",
                at=ago(210),
                lane="outside",
                icon="image",
                kind_word="检查",
                unit="山西省人民医院",
                detail="结算单补入，无报告。",
            ),
        ],
    }


def courses() -> dict[str, object]:
    """Measured courses with their bands, and one that was never measured."""
    first = date(2026, 1, 8)
    systolic = (162, 158, 166, 151, 148, 152, 144, 139, 142, 136, 138, 148)
    diastolic = (98, 96, 99, 92, 90, 94, 88, 86, 88, 82, 58, 92)
    days = [first + timedelta(days=28 * i) for i in range(12)]
    return {
        "pressure": [
            Series(label="收缩压", unit="mmHg", points=list(zip(days, systolic, strict=True)), low=90, high=140),
            Series(label="舒张压", unit="mmHg", points=list(zip(days, diastolic, strict=True)), low=60, high=90),
        ],
        "nothing": Series(label="空腹血糖", unit="mmol/L", points=()),
    }


def figures() -> dict[str, object]:
    """Figures, a table and a map."""
    met = State(word="达标", kind="done")
    return {
        "figures": [
            Figure(
                label="县域内住院人次占比",
                value="87.4",
                unit="%",
                n="3,182",
                period="2026 年 10 月",
                target="≥ 90 %",
                final=False,
                state=State(word="未达标", kind="soon"),
                trend=(84, 85, 85.5, 84.9, 86, 87.4),
                href="#figure",
            ),
            Figure(
                label="两小时内接收",
                value="96.2",
                unit="%",
                n="211",
                period="2026 年 10 月",
                target="≥ 95 %",
                state=met,
                trend=(88, 91, 93, 92, 95, 96.2),
            ),
            Figure(
                label="危急值确认中位数",
                value="4.5",
                unit="分钟",
                n="38",
                period="2026 年 10 月",
                target="≤ 10 分钟",
                state=met,
            ),
        ],
        "columns": [
            Column(label="机构"),
            Column(label="床位", numeric=True, unit="张"),
            Column(label="上月上转", numeric=True, unit="人次"),
            Column(label="状态"),
        ],
        "table": [
            Row(cells=[Cell(text="县人民医院", href="#unit"), "760", "—", Cell(text="", state=STATES[1])]),
            Row(cells=[Cell(text="城关镇卫生院", href="#unit"), "40", "61", Cell(text="", state=STATES[2])]),
            Row(cells=[Cell(text="张兰镇卫生院", href="#unit"), "35", "18", Cell(text="", state=STATES[6])]),
        ],
        "outline": [OUTLINE],
        "places": [
            Place(label="县人民医院", longitude=111.93, latitude=37.03, level="county"),
            Place(label="张兰镇", longitude=112.08, latitude=37.12, level="township"),
            Place(label="连福镇", longitude=112.06, latitude=37.01, level="township"),
            Place(label="洪山镇", longitude=111.99, latitude=36.95, level="township"),
            Place(label="义棠镇", longitude=111.83, latitude=36.99, level="township"),
            Place(label="示例村", longitude=111.88, latitude=37.06, level="village"),
        ],
    }


# An invented outline: the style page shows how a map is drawn, not where a county lies.
OUTLINE = (
    *((111.75, 37.02), (111.80, 37.10), (111.90, 37.12), (111.97, 37.17), (112.08, 37.18), (112.15, 37.10)),
    *((112.13, 37.00), (112.07, 36.93), (112.00, 36.88), (111.92, 36.90), (111.86, 36.94), (111.78, 36.95)),
)
