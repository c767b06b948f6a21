"""年度工作情况报送：到日子自动提醒起草 → 送审 → 院长审签报送 → 卫健局受理或退回；过期没报，逐级告诉上级。依据：R25。

正文里的数字只能是已经发布的，文字由人写；审签之后到受理之前谁也不能改，受理之后一字不动。
"""

# isort: off
from yigongti.kernel.parameters.words import parameter
from yigongti.kernel.workflow.words import (
    BIRTH, CLOCK, Escalate, Ladder, Remind, Sees, Timer, Workflow, fact, part, side, state, step,
)  # fmt: skip


def due(state_: str) -> Timer:
    """A report that is not in by its day is told upwards, wherever it lies."""
    return Timer(state=state_, after=parameter("indicators.annual_grace_days"), counts="calendar_days", since="due_on",
                 then=Escalate(ladder="upwards"), promise=True, clause="每年11月底前报送")  # fmt: skip


annual = Workflow(
    code="indicators.annual", title="年度工作情况报送", prefix="NB",
    basis="蒲政办发〔2023〕26号：每年11月底前报送年度工作情况；本平台默认流程", source="R25",
    sides=(side("reporter", "报送单位"), side("receiver", "受理方")),
    parts=(
        part("drafter", "报告起草人", side="reporter", roles=("quality_officer",)),
        part("signer", "审签人", side="reporter", roles=("president",)),
        part("receiver", "报告受理人", side="receiver", roles=("bureau",)),
    ),
    states=(
        state("due", "待起草", turn="drafter"), state("drafting", "起草中", turn="drafter"),
        state("signing", "待审签", turn="signer"), state("submitted", "已报送，待受理", turn="receiver"),
        state("returned", "已退回，待修改", turn="drafter"), state("accepted", "已受理"),
    ),
    ends=("accepted",),
    fields=(
        fact("period", "用哪个时期的数字", "text", most=8,
             help="2026-Y10（年初至 10 月）、2025 或 2026-Q3；只用已经发布的数字"),
        fact("back", "退回理由", "long_text", clinical=False),
        fact("remind_on", "提醒起草的日子", "date"), fact("due_on", "报送期限", "date"),
    ),
    steps=(
        step("begin", "开始起草", by=("drafter", CLOCK), frm=BIRTH, to="due", guards=("indicators.report_due",),
             clause="到日子由系统开始，也可以提前"),
        step("hand_in", "送审", by="drafter", frm=("drafting", "returned"), to="signing", weight="primary",
             guards=("indicators.report_fit",), says_next="等院长审签"),
        step("write", "写初稿", by="drafter", frm=("due", "drafting", "returned"), to="drafting", weight="primary",
             must_record=("period",), does=("indicators.compose_report",), clause="初稿取已发布的数字；重写会盖掉原文"),
        step("sign", "审签并报送", by="signer", frm="signing", to="submitted", not_by=("hand_in",), weight="primary",
             guards=("indicators.report_fit",), does=("indicators.sign_report",), announces="indicators.reported",
             says_next="等卫健局受理", clause="起草的人不审签"),
        step("send_back", "退回起草人", by="signer", frm="signing", to="returned", must_record=("back",)),
        step("return", "退回修改", by="receiver", frm="submitted", to="returned", must_record=("back",),
             says_next="已退回报送单位修改", clause="退回写明理由"),
        step("accept", "受理", by="receiver", frm="submitted", to="accepted", not_by=("hand_in", "sign"),
             weight="primary", guards=("indicators.report_fit",), does=("indicators.issue_report",),
             announces="indicators.report_accepted", clause="受理即定稿，由卫健局汇总上报；数据库拒绝任何改动"),
    ),
    timers=(
        *(Timer(state=one, after=parameter("indicators.annual_grace_days"), counts="calendar_days", since="remind_on",
                then=Remind(part="drafter"), clause="提醒起草") for one in ("due", "drafting")),
        *(due(one) for one in ("due", "drafting", "signing", "returned")),
        Timer(state="submitted", after=parameter("indicators.annual_answer_days"), counts="calendar_days",
              then=Remind(part="receiver"), promise=True, clause="受理时限"),
    ),
    ladders=(Ladder(code="upwards", rungs=("signer", "receiver"), counts="calendar_days",
                    every=parameter("indicators.annual_escalate_days")),),
    sees=(
        Sees(side="reporter", panels=("report",), states=(
            "due", "drafting", "signing", "submitted", "returned", "accepted")),
        Sees(side="receiver", panels=(), states=("due", "drafting", "signing")),
        Sees(side="receiver", panels=("report",), states=("submitted", "returned", "accepted")),
    ),
)  # fmt: skip
