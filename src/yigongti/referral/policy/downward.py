"""双向转诊·下转。依据：R47 “下转须附照护计划与随访”；领域参考 5.1 “下转办结须完成首次基层随访”。"""

# isort: off
from yigongti.kernel.parameters.words import parameter
from yigongti.kernel.workflow.words import (
    BIRTH, CLOCK, Remind, Sees, Take, Timer, Workflow, fact, part, side, state, step,
)  # fmt: skip


downward = Workflow(
    code="referral.downward", title="下转", prefix="XZ",
    basis="各县《双向转诊管理办法》；领域参考 5.1", source="R47 R54", clinical_panels=("package",),
    one_open_per=("resident",), frees=("returned",),  # one who has gone home and worsens must be referred anew
    sides=(side("sending", "转出方"), side("receiving", "接收方")),
    parts=(
        part("sending_doctor", "转出医生", side="sending", roles=("county_doctor", "referral_desk", "referral_lead")),
        part("home_doctor", "基层医生", side="receiving", roles=("village_doctor", "township_doctor")),
    ),
    states=(
        state("waiting", "待基层接收", turn="home_doctor"),
        state("accepted", "已接收，待到诊", turn="home_doctor"),
        state("returned", "已到诊，待随访", turn=CLOCK),
        state("closed", "已办结"), state("declined", "已退回"), state("cancelled", "已取消"),
        state("expired", "已过期"), state("ended", "患者去世，已终止"),
    ),
    ends=("closed", "declined", "cancelled", "expired", "ended"),
    fields=(
        fact("resident", "患者", "picked", picker="resident"),
        fact("to_institution", "转往机构", "picked", picker="grassroots_institution"),
        fact("reason", "下转原因", "choice", options="referral.down_reason"),
        fact("diagnosis", "诊断", "picked", picker="diagnosis", clinical=True),
        fact("discharge_summary", "诊治小结", "long_text"), fact("care_plan", "后续照护计划", "long_text"),
        fact("medicines", "带回用药", "long_text"), fact("follow_up_on", "首次随访日期", "date"),
        fact("follow_up_items", "随访要点", "long_text"),
        fact("sensitive", "敏感类别", "choices", options="record.special_class", clinical=True),
        fact("package", "随转资料", "choices", clinical=True),
        fact("consent", "患者或家属已知情同意", "yes"),
        fact("decline_reason", "退回原因", "choice", options="referral.decline_reason"),
        fact("decline_note", "说明", "long_text"),
        fact("cancel_reason", "取消原因", "choice", options="referral.cancel_reason"),
    ),
    steps=(
        step("submit", "提交下转", by="sending_doctor", frm=BIRTH, to="waiting", weight="primary",
             must_record=("resident", "to_institution", "reason", "diagnosis", "discharge_summary", "care_plan",
                          "follow_up_on", "consent"),
             may_record=("medicines", "follow_up_items", "sensitive", "package"),
             guards=("referral.follow_up_in_time", "referral.package_offered", "referral.receiver_may_read"),
             announces="referral.submitted", says_next="基层接收后即生成随访任务",
             clause="下转须附小结和照护计划；特别保护的病种转往有权查看的机构"),
        step("accept", "接收", by="home_doctor", frm="waiting", to="accepted", weight="primary",
             guards=("referral.patient_lives",), announces="referral.accepted"),
        step("decline", "退回", by="home_doctor", frm="waiting", to="declined", must_record=("decline_reason",),
             may_record=("decline_note",), announces="referral.declined", clause="退回须写明原因"),
        step("cancel", "取消下转", by="sending_doctor", frm=("waiting", "accepted"), to="cancelled", weight="danger",
             must_record=("cancel_reason",), announces="referral.cancelled"),
        step("arrive", "到诊，接管随访", by="home_doctor", frm="accepted", to="returned", weight="primary",
             guards=("referral.patient_lives",), does=("referral.write_summary",), hand_over="chronic.follow_up",
             announces="referral.returned", says_next="已生成首次随访任务", clause="到诊即接管随访"),
        step("close", "首次随访办完，办结", by=CLOCK, frm="returned", to="closed", weight="primary",
             guards=("referral.first_follow_up_done",), clause="下转办结须完成首次基层随访"),
        step("expire", "逾期未接收，作废", by=CLOCK, frm=("waiting", "accepted"), to="expired",
             announces="referral.expired"),
        step("end", "患者去世，终止", by=CLOCK, frm=("waiting", "accepted"), to="ended", announces="referral.ended"),
    ),
    timers=(
        Timer(state="waiting", after=parameter("referral.home_accept_within"), counts="calendar_days",
              then=Remind(part="home_doctor"), promise=True, clause="基层接收时限"),
        Timer(state="accepted", after=parameter("referral.home_expire_after"), counts="calendar_days",
              then=Take(step="expire"), promise=True, clause="到诊时限"),
        Timer(state="returned", after=parameter("referral.follow_up_within"), counts="calendar_days",
              then=Remind(part="home_doctor"), promise=True, clause="出院后随访时限"),
    ),
    sees=(
        Sees(side="sending", panels=("request", "package", "outcome"), states=(
            "waiting", "accepted", "returned", "closed", "declined", "cancelled", "expired", "ended")),
        Sees(side="receiving", panels=("request", "package", "record", "outcome"), states=(
            "waiting", "accepted", "returned", "closed")),
        Sees(side="receiving", panels=("outcome",), states=("declined", "expired", "ended")),
    ),
)  # fmt: skip
