"""远程心电诊断与危急值。依据：R61–R63、R69；领域参考 2.6.2、2.6.3、5.1；十八项核心制度之危急值报告制度。"""

# isort: off
from yigongti.kernel.parameters.words import parameter
from yigongti.kernel.workflow.words import (
    BIRTH, CLOCK, Escalate, Ladder, Remind, Sees, Take, Timer, Workflow, fact, part, side, state, step,
)  # fmt: skip


ecg_reading = Workflow(
    code="diagnosis.ecg_reading", title="远程心电诊断", prefix="XD",
    basis="远程心电诊断中心运行规范（县级集团）", source="R60 R61 R63",
    sides=(side("requesting", "申请方"), side("centre", "心电诊断中心")),
    parts=(
        part("requester", "申请医生", side="requesting", roles=("village_doctor", "township_doctor")),
        part("reader", "初诊医师", side="centre", roles=("ecg_reader",)),
        part("reviewer", "审核医师", side="centre", roles=("ecg_reviewer",)),
    ),
    states=(
        state("queued", "待领取", turn="reader"), state("reading", "判读中", turn="reader"),
        state("drafted", "待审核", turn="reviewer"), state("issued", "已签发，待申请方确认", turn="requester"),
        state("acknowledged", "申请方已确认"), state("rejected", "已退回"),
    ),
    ends=("acknowledged", "rejected"),
    fields=(
        fact("resident", "患者", "picked", picker="resident"),
        fact("recording", "心电图", "picked", picker="ecg_recording"),
        fact("indication", "检查目的", "text"), fact("priority", "优先级", "choice", options="diagnosis.priority"),
        fact("finding", "心电图所见", "long_text"), fact("conclusion", "诊断结论", "long_text"),
        fact("critical", "属于危急值", "yes"),
        fact("reject_reason", "退回原因", "choice", options="diagnosis.reject_reason"),
        fact("review_note", "审核意见", "long_text"), fact("revision_reason", "修订原因", "long_text"),
    ),
    steps=(
        step("request", "申请", by="requester", frm=BIRTH, to="queued", weight="primary",
             must_record=("resident", "recording", "indication", "priority")),
        step("claim", "领取", by="reader", frm="queued", to="reading", weight="primary",
             claims=parameter("diagnosis.claim_lasts"), clause="领取后限时完成，逾时自动退回队列"),
        step("put_back", "放回队列", by=("reader", CLOCK), frm="reading", to="queued"),
        step("reject", "退回重做", by="reader", frm="reading", to="rejected", must_record=("reject_reason",)),
        step("draft", "提交初诊", by="reader", frm="reading", to="drafted", weight="primary",
             must_record=("finding", "conclusion", "critical"), opens=(), hand_over="diagnosis.critical_value",
             clause="判为危急值的，不等审核即启动危急值通报"),
        step("issue", "审核签发", by="reviewer", frm="drafted", to="issued", weight="primary", not_by=("draft",),
             may_record=("review_note",), clause="初诊与审核不得为同一人"),
        step("send_back", "退回初诊", by="reviewer", frm="drafted", to="reading", must_record=("review_note",)),
        step("revise", "修订报告", by="reviewer", frm=("issued", "acknowledged"), to="issued", not_by=("draft",),
             must_record=("revision_reason", "finding", "conclusion"), revises="issue",
             clause="已签发报告只可修订为新版本，申请方须重新确认"),
        step("acknowledge", "确认收到", by="requester", frm="issued", to="acknowledged", weight="primary"),
    ),
    timers=(
        Timer(state="queued", after=parameter("diagnosis.ecg_emergency_within"), counts="minutes",
              then=Escalate(ladder="centre"), promise=True, clause="急诊心电 10 分钟"),
        Timer(state="reading", after=parameter("diagnosis.claim_lasts"), counts="minutes", then=Take(step="put_back")),
        Timer(state="issued", after=parameter("diagnosis.acknowledge_within"), counts="working_minutes",
              then=Remind(part="requester")),
    ),
    ladders=(Ladder(code="centre", rungs=("reader", "reviewer"), every=parameter("diagnosis.claim_lasts")),),
    sees=(Sees(side="requesting", panels=("request",), states=("queued", "reading", "drafted", "rejected")),
          Sees(side="requesting", panels=("request", "report"), states=("issued", "acknowledged")),
          Sees(side="centre", panels=("request", "recording", "report"), states=(
              "queued", "reading", "drafted", "issued", "acknowledged", "rejected"))),
)  # fmt: skip

critical_value = Workflow(
    code="diagnosis.critical_value", title="危急值通报", prefix="WJ",
    basis="危急值报告制度；领域参考 2.6.2", source="R69",
    sides=(side("centre", "诊断中心"), side("requesting", "申请方"), side("township", "乡镇卫生院"),
           side("county", "县总值班")),
    parts=(
        part("notifier", "通报人", side="centre", roles=("ecg_reader", "ecg_reviewer")),
        part("requester", "申请医生", side="requesting", roles=("village_doctor", "township_doctor")),
        part("township_duty", "卫生院值班", side="township", roles=("township_doctor", "township_head")),
        part("county_duty", "县总值班", side="county", roles=("general_duty",)),
    ),
    states=(
        state("detected", "待通报", turn="notifier"), state("notified", "已通报，待复述确认", turn="requester"),
        state("read_back", "已复述，待处置", turn="requester"), state("closed", "已处置"),
    ),
    ends=("closed",),
    fields=(fact("value", "危急值内容", "long_text"), fact("told", "接报人", "text"),
            fact("read_back", "复述内容", "long_text"), fact("action", "处置措施", "long_text")),
    steps=(
        step("detect", "发现", by="notifier", frm=BIRTH, to="detected", must_record=("value",)),
        step("notify", "通报", by="notifier", frm="detected", to="notified", weight="primary", must_record=("told",)),
        step("read_back", "复述确认", by=("requester", "township_duty", "county_duty"), frm="notified", to="read_back",
             weight="primary", must_record=("read_back",), clause="接报人须复述，登记姓名和时间"),
        step("act", "登记处置", by=("requester", "township_duty", "county_duty"), frm="read_back", to="closed",
             weight="primary", must_record=("action",)),
    ),
    timers=(
        Timer(state="detected", after=parameter("diagnosis.critical_notify_within"), counts="minutes",
              then=Remind(part="notifier"), promise=True),
        Timer(state="notified", after=parameter("diagnosis.critical_answer_within"), counts="minutes",
              then=Escalate(ladder="awake"), promise=True, clause="村卫生室夜间无人时逐级上报"),
        Timer(state="read_back", after=parameter("diagnosis.critical_act_within"), counts="minutes",
              then=Escalate(ladder="awake"), promise=True),
    ),
    ladders=(Ladder(code="awake", rungs=("requester", "township_duty", "county_duty"),
                    every=parameter("diagnosis.critical_rung")),),
    sees=(Sees(side="centre", panels=("value",), states=("detected", "notified", "read_back", "closed")),
          Sees(side="requesting", panels=("value",), states=("notified", "read_back", "closed")),
          Sees(side="township", panels=("value",), states=("notified", "read_back", "closed")),
          Sees(side="county", panels=("value",), states=("notified", "read_back", "closed"))),
)  # fmt: skip
