"""双向转诊·上转。依据：忻州市一体化改革八大行动（七）“住院直通车、双向转诊”；R47、R48、R53、R54。

状态见领域参考 5.1。接收、到院、收治由接收台办（R53）；
诊治小结和照护计划由接诊医生写，转回由其本人办（R47、R54，P3、P5）。
"""

# isort: off
from yigongti.kernel.parameters.words import parameter
from yigongti.kernel.workflow.words import (
    BIRTH, CLOCK, Escalate, Ladder, Remind, Sees, Take, Timer, Workflow, fact, part, side, state, step,
)  # fmt: skip


upward = Workflow(
    code="referral.upward", title="上转", prefix="SZ",
    basis="各县《双向转诊管理办法》；领域参考 5.1", source="R47 R48", clinical_panels=("package",),
    one_open_per=("resident",), frees=("returned",),  # one who has gone home and worsens must be referred anew
    sides=(side("sending", "转出方"), side("receiving", "接收方"), side("home", "管理方")),
    parts=(
        part("referring_doctor", "转诊医生", side="sending", roles=("village_doctor", "township_doctor")),
        part("receiving_desk", "接收台", side="receiving", roles=("referral_desk", "referral_lead", "county_doctor")),
        part("treating_doctor", "接诊医生", side="receiving", roles=("county_doctor", "township_doctor")),
        part("referral_lead", "转诊中心主任", side="receiving", roles=("referral_lead",)),
        part("home_doctor", "管理医生", side="home", roles=("village_doctor", "township_doctor")),
    ),
    states=(
        state("draft", "待提交", turn="referring_doctor"),
        state("waiting", "待接收", turn="receiving_desk"),
        state("accepted", "已接收，待到院", turn="receiving_desk"),
        state("arrived", "已到院", turn="receiving_desk"),
        state("admitted", "诊治中", turn="treating_doctor"),
        state("returned", "已转回，待随访", turn=CLOCK),
        state("closed", "已办结"), state("declined", "已退回"),
        state("cancelled", "已取消"), state("expired", "已过期"),
    ),
    ends=("closed", "declined", "cancelled", "expired"),
    fields=(
        fact("resident", "患者", "picked", picker="resident"),
        fact("to_department", "转往科室", "picked", picker="receiving_department"),
        fact("urgency", "紧急程度", "choice", options="referral.urgency"),
        fact("admission", "接诊方式", "choice", options="referral.admission"),
        fact("reason", "上转原因", "choice", options="referral.up_reason"),
        fact("diagnosis", "初步诊断", "picked", picker="diagnosis", clinical=True),
        fact("summary", "病情摘要", "long_text"), fact("treatment_so_far", "已做处理", "long_text"),
        fact("sensitive", "敏感类别", "choices", options="record.special_class", clinical=True),
        fact("package", "随转资料", "choices", clinical=True),
        fact("transport", "转运方式", "choice", options="referral.transport"),
        fact("consent", "患者或家属已知情同意", "yes"),
        fact("decline_reason", "退回原因", "choice", options="referral.decline_reason"),
        fact("decline_note", "说明与指导意见", "long_text"),
        fact("cancel_reason", "取消原因", "choice", options="referral.cancel_reason"),
        fact("discharge_summary", "诊治小结", "long_text"),
        fact("care_plan", "后续照护计划", "long_text"),
        fact("medicines", "带回用药", "long_text"),
        fact("follow_up_on", "首次随访日期", "date"),
        fact("follow_up_items", "随访要点", "long_text"),
    ),
    steps=(
        step("draft", "存为草稿", by="referring_doctor", frm=BIRTH, to="draft", must_record=("resident",),
             may_record=("to_department", "urgency", "admission", "reason", "diagnosis", "sensitive", "summary",
                         "treatment_so_far", "package", "transport"), guards=("referral.package_offered",)),
        step("submit", "提交转诊", by="referring_doctor", frm=(BIRTH, "draft"), to="waiting", weight="primary",
             must_record=("resident", "to_department", "urgency", "admission", "reason", "diagnosis", "consent"),
             may_record=("sensitive", "summary", "treatment_so_far", "package", "transport"),
             guards=("referral.department_receives", "referral.package_offered"), does=("referral.reserve",),
             announces="referral.submitted",
             says_next="接收方将在规定时限内答复；床位或号源已为患者保留", clause="提交即保留床位或号源"),
        step("discard", "删去草稿", by="referring_doctor", frm="draft", to="cancelled", weight="danger"),
        step("accept", "接收", by="receiving_desk", frm="waiting", to="accepted", weight="primary",
             does=("referral.extend_reservation",), announces="referral.accepted",
             says_next="请按约定时间接诊；患者可凭转诊单直接到院", clause="接收方在时限内答复"),
        step("decline", "退回", by="receiving_desk", frm="waiting", to="declined",
             must_record=("decline_reason",), may_record=("decline_note",), does=("referral.release",),
             announces="referral.declined", says_next="已通知转出方，保留的床位或号源已释放", clause="退回须写明原因"),
        step("withdraw", "撤回", by="referring_doctor", frm="waiting", to="draft", does=("referral.release",),
             says_next="已撤回为草稿，可修改后再提交", clause="接收前可撤回"),
        step("cancel", "取消转诊", by="referring_doctor", frm=("waiting", "accepted"), to="cancelled", weight="danger",
             must_record=("cancel_reason",), does=("referral.release",), announces="referral.cancelled",
             clause="到院前可取消"),
        step("arrive", "到院登记", by="receiving_desk", frm="accepted", to="arrived", weight="primary",
             does=("referral.mark_arrived",), clause="凭转诊单到院，免重新挂号"),
        step("admit", "收治", by="receiving_desk", frm="arrived", to="admitted", weight="primary",
             does=("referral.occupy",), clause="住院直通车：不再办门诊手续"),
        step("return", "转回并交代随访", by="treating_doctor", frm=("arrived", "admitted"), to="returned",
             weight="primary", must_record=("discharge_summary", "care_plan", "follow_up_on"),
             may_record=("medicines", "follow_up_items", "sensitive"),
             guards=("referral.follow_up_in_time",), does=("referral.vacate", "referral.write_summary"),
             hand_over="chronic.follow_up", announces="referral.returned",
             says_next="小结和照护计划已随患者转回，基层已生成随访任务", clause="转回须附接诊医生写的小结和照护计划"),
        step("close", "首次随访办完，办结", by=CLOCK, frm="returned", to="closed", weight="primary",
             guards=("referral.first_follow_up_done",), clause="首次随访办完（或登记了未能随访的原因）方可办结"),
        step("expire", "逾期未到，作废", by=CLOCK, frm=("waiting", "accepted"), to="expired",
             does=("referral.release",), announces="referral.expired", clause="超过保留期未到院的，释放床位和号源"),
    ),
    timers=(
        Timer(state="waiting", after=parameter("referral.accept_within"), counts="working_minutes",
              then=Escalate(ladder="receiving"), promise=True, clause="接收时限"),
        Timer(state="waiting", after=parameter("referral.expire_after"), counts="minutes", then=Take(step="expire")),
        Timer(state="accepted", after=parameter("referral.arrive_within"), counts="minutes", then=Take(step="expire"),
              promise=True, clause="保留期"),
        Timer(state="admitted", after=parameter("referral.remind_return_after"), counts="calendar_days",
              then=Remind(part="treating_doctor"), clause="提醒转回"),
        Timer(state="returned", after=parameter("referral.follow_up_within"), counts="calendar_days",
              then=Remind(part="home_doctor"), promise=True, clause="出院后随访时限"),
    ),
    ladders=(Ladder(code="receiving", rungs=("receiving_desk", "referral_lead"), counts="working_minutes",
                    every=parameter("referral.escalate_every")),),
    sees=(
        Sees(side="sending", panels=("request", "package", "place", "outcome"), states=(
            "draft", "waiting", "accepted", "arrived", "admitted", "returned", "closed", "declined", "cancelled",
            "expired")),
        Sees(side="receiving", panels=("request", "package", "place", "record", "outcome"), states=(
            "waiting", "accepted", "arrived", "admitted", "returned", "closed")),
        Sees(side="receiving", panels=("outcome",), states=("declined", "expired")),
        Sees(side="home", panels=("request", "outcome"), states=(
            "accepted", "arrived", "admitted", "returned", "closed")),
    ),
)  # fmt: skip
