"""多学科会诊（各学科并行出具意见）。依据：R68、R99；十八项核心制度之会诊制度（急会诊 10 分钟、普通会诊 24 小时）。"""

# isort: off
from yigongti.kernel.parameters.words import parameter
from yigongti.kernel.workflow.words import (
    BIRTH, Escalate, Joins, Ladder, Opens, Sees, Timer, Workflow, fact, part, side, state, step,
)  # fmt: skip


multidisciplinary = Workflow(
    code="consultation.multidisciplinary", title="多学科会诊", prefix="HZ", basis="多学科诊疗（MDT）制度", source="R99",
    sides=(side("asking", "申请科室"), side("centre", "会诊中心")),
    parts=(
        part("asking_doctor", "申请医生", side="asking", roles=("county_doctor", "township_doctor")),
        part("coordinator", "会诊协调员", side="centre", roles=("consultation_desk",)),
    ),
    states=(
        state("requested", "待分诊", turn="coordinator"), state("gathering", "各学科会诊中", turn="coordinator"),
        state("concluded", "已形成意见", turn="asking_doctor"), state("closed", "已反馈执行情况"),
        state("declined", "已退回"),
    ),
    ends=("closed", "declined"),
    fields=(
        fact("resident", "患者", "picked", picker="resident"), fact("question", "会诊目的", "long_text"),
        fact("disciplines", "邀请科室", "choices"), fact("conclusion", "会诊意见", "long_text"),
        fact("adopted", "采纳情况", "choice", options="consultation.adopted"),
        fact("decline_reason", "退回原因", "text"),
    ),
    steps=(
        step("request", "申请会诊", by="asking_doctor", frm=BIRTH, to="requested", weight="primary",
             must_record=("resident", "question")),
        step("decline", "退回", by="coordinator", frm="requested", to="declined", must_record=("decline_reason",)),
        step("invite", "分送各学科", by="coordinator", frm="requested", to="gathering", weight="primary",
             must_record=("disciplines",), opens=(Opens(workflow="consultation.opinion", per_field="disciplines"),),
             clause="每个受邀学科各自一单，并行办理"),
        step("conclude", "形成会诊意见", by="coordinator", frm="gathering", to="concluded", weight="primary",
             must_record=("conclusion",), joins=Joins(workflow="consultation.opinion", wait_for="all"),
             clause="全部学科意见到齐方可形成意见"),
        step("feed_back", "反馈执行情况", by="asking_doctor", frm="concluded", to="closed", weight="primary",
             must_record=("adopted",)),
    ),
    timers=(Timer(state="gathering", after=parameter("consultation.opinion_within"), counts="minutes",
                  then=Escalate(ladder="centre"), promise=True, clause="普通会诊 24 小时"),),
    ladders=(Ladder(code="centre", rungs=("coordinator",)),),
    sees=(
        Sees(side="asking", panels=("request", "opinions"), states=(
            "requested", "gathering", "concluded", "closed", "declined")),
        Sees(side="centre", panels=("request", "package", "opinions"), states=(
            "requested", "gathering", "concluded", "closed", "declined")),
    ),
)  # fmt: skip

opinion = Workflow(
    code="consultation.opinion", title="学科会诊意见", prefix="HY", basis="会诊制度", source="R68 R99",
    sides=(side("discipline", "受邀学科"), side("centre", "会诊中心")),
    parts=(
        part("expert", "会诊专家", side="discipline", roles=("county_doctor",)),
        part("coordinator", "会诊协调员", side="centre", roles=("consultation_desk",)),
    ),
    states=(
        state("invited", "待应诊", turn="expert"), state("claimed", "会诊中", turn="expert"),
        state("given", "已出意见"), state("excused", "改请他人"),
    ),
    ends=("given", "excused"),
    fields=(fact("question", "会诊目的", "long_text"), fact("text", "意见", "long_text"), fact("why", "原因", "text")),
    steps=(
        step("invite", "邀请", by="coordinator", frm=BIRTH, to="invited", must_record=("question",)),
        step("claim", "应诊", by="expert", frm="invited", to="claimed", weight="primary",
             claims=parameter("consultation.claim_lasts")),
        step("give", "出具意见", by="expert", frm="claimed", to="given", weight="primary", must_record=("text",)),
        step("excuse", "改请他人", by="coordinator", frm=("invited", "claimed"), to="excused", must_record=("why",)),
    ),
    sees=(
        Sees(side="discipline", panels=("request", "package"), states=("invited", "claimed", "given")),
        Sees(side="centre", panels=("request",), states=("invited", "claimed", "given", "excused")),
    ),
)  # fmt: skip
