"""双向转诊·外转（转县外）。依据：R47 “外转”；R58 “大病不出县”——外转须经转诊中心同意，为县域外流提供分母。"""

# isort: off
from yigongti.kernel.parameters.words import parameter
from yigongti.kernel.workflow.words import (
    BIRTH, CLOCK, Remind, Sees, Timer, Workflow, fact, part, side, state, step,
)  # fmt: skip


outward = Workflow(
    code="referral.outward", title="外转", prefix="WZ",
    basis="各县《双向转诊管理办法》；领域参考 5.1", source="R47 R58", clinical_panels=("package",),
    one_open_per=("resident",),
    sides=(side("sending", "转出方"), side("centre", "转诊中心")),
    parts=(
        part("sending_doctor", "转出医生", side="sending", roles=("county_doctor", "township_doctor")),
        part("referral_lead", "转诊中心主任", side="centre", roles=("referral_lead",)),
    ),
    states=(
        state("waiting", "待转诊中心审核", turn="referral_lead"),
        state("approved", "已同意，县外诊治中", turn="sending_doctor"),
        state("closed", "已办结"), state("declined", "已退回"), state("cancelled", "已取消"),
        state("ended", "患者去世，已终止"),
    ),
    ends=("closed", "declined", "cancelled", "ended"),
    fields=(
        fact("resident", "患者", "picked", picker="resident"),
        fact("to_outside", "转往县外机构", "text", most=120),
        fact("reason", "外转原因", "choice", options="referral.out_reason"),
        fact("urgency", "紧急程度", "choice", options="referral.urgency"),
        fact("diagnosis", "诊断", "picked", picker="diagnosis", clinical=True),
        fact("summary", "病情摘要", "long_text"),
        fact("sensitive", "敏感类别", "choices", options="record.special_class", clinical=True),
        fact("package", "随转资料", "choices", clinical=True),
        fact("transport", "转运方式", "choice", options="referral.transport"),
        fact("consent", "患者或家属已知情同意", "yes"),
        fact("decline_reason", "退回原因", "choice", options="referral.decline_reason"),
        fact("decline_note", "说明与指导意见", "long_text"),
        fact("cancel_reason", "取消原因", "choice", options="referral.cancel_reason"),
        fact("discharge_summary", "县外诊治结果", "long_text"),
    ),
    steps=(
        step("submit", "提交外转", by="sending_doctor", frm=BIRTH, to="waiting", weight="primary",
             must_record=("resident", "to_outside", "reason", "urgency", "diagnosis", "summary", "consent"),
             may_record=("sensitive", "package", "transport"), guards=("referral.package_offered",),
             announces="referral.submitted",
             says_next="转诊中心审核后可打印转诊单"),
        step("approve", "同意外转", by="referral_lead", frm="waiting", to="approved", weight="primary",
             not_by=("submit",), guards=("referral.patient_lives",),
             announces="referral.accepted", says_next="患者可持转诊单到县外就诊", clause="外转须经转诊中心同意"),
        step("decline", "退回", by="referral_lead", frm="waiting", to="declined", must_record=("decline_reason",),
             may_record=("decline_note",), announces="referral.declined"),
        step("cancel", "取消外转", by="sending_doctor", frm=("waiting", "approved"), to="cancelled", weight="danger",
             must_record=("cancel_reason",), announces="referral.cancelled"),
        step("close", "登记县外结果，办结", by="sending_doctor", frm="approved", to="closed", weight="primary",
             must_record=("discharge_summary",), does=("referral.write_summary",), announces="referral.returned"),
        step("end", "患者去世，终止", by=CLOCK, frm="waiting", to="ended", announces="referral.ended"),
    ),
    timers=(
        Timer(state="waiting", after=parameter("referral.accept_within"), counts="working_minutes",
              then=Remind(part="referral_lead"), promise=True, clause="审核时限"),
        Timer(state="approved", after=parameter("referral.outside_result_within"), counts="calendar_days",
              then=Remind(part="sending_doctor"), promise=True, clause="结果登记时限"),
    ),
    sees=(
        Sees(side="sending", panels=("request", "package", "outcome"), states=(
            "waiting", "approved", "closed", "declined", "cancelled", "ended")),
        Sees(side="centre", panels=("request", "package", "outcome"), states=(
            "waiting", "approved", "closed", "declined")),
        Sees(side="centre", panels=("outcome",), states=("ended",)),
    ),
)  # fmt: skip
