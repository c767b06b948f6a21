"""In the demonstration: judgements with files that prove them, one of them confirmed, and a report to be signed."""

from __future__ import annotations

from yigongti.indicators.actions import attach_evidence, confirm_judgement, judge
from yigongti.indicators.brief.models import AnnualReport
from yigongti.indicators.brief.reporting import open_annual_reports
from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.files import store
from yigongti.kernel.measures.periods import Period
from yigongti.kernel.workflow import engine


PROOF = """{title}
（演示数据，不是真实文件）

一、全县医疗卫生机构的人员由集团统一招聘、统一岗位管理、统一调配使用。
二、各成员单位法人资格、编制归属不变，工资关系随岗位走。
"""
JUDGED = (
    ("staff", "yes", "关于医共体人员统一管理的通知（演示）"),
    ("money", "partly", "医共体财务统一管理办法（演示）"),
)  # fmt: skip


def prove(quality: Actor, bureau: Actor) -> None:
    """The quality centre judges and proves; the bureau confirms the first and has the second before it."""
    year = str(clock.today().year - 1)
    for n, (question, answer, title) in enumerate(JUDGED):
        made = judge(by=quality, indicator="unified_resources", question=question, place=quality.unit_id, period=year,
                     answer=answer, evidence=title)  # fmt: skip
        pk = int(made.number.removeprefix("PD"))
        told = PROOF.format(title=title).encode()
        kept = store.keep(by=quality, name=f"{title}.txt", media_type="text/plain", chunks=[told])
        attach_evidence(by=quality, judgement=pk, digest=kept.digest, name=kept.name)
        if not n:
            confirm_judgement(by=bureau, judgement=pk)


def report(quality: Actor, year: Period) -> None:
    """Opened by the calendar where its day has come, else ahead of it; written and handed in to be signed."""
    open_annual_reports()
    mine = AnnualReport.objects.select_related("case").filter(place_id=quality.unit_id)
    if not mine.exists():
        engine.begin(by=quality, workflow="indicators.annual", step="begin", given={})
    number = mine.get().case.number
    engine.take(by=quality, number=number, step="write", given={"period": year.code})
    engine.take(by=quality, number=number, step="hand_in", given={})
