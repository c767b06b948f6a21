"""随访任务。依据：国家基本公共卫生服务规范（第三版）；R47、R54；领域参考 5.1。

“随访任务：待随访→已随访|未随访（原因）”；“纳入：…→在管→转出|结束（死亡、迁出、失访、诊断排除）”。
"""

# isort: off
from yigongti.kernel.parameters.words import parameter
from yigongti.kernel.workflow.words import (
    BIRTH, CLOCK, Escalate, Ladder, Sees, Timer, Workflow, fact, part, side, state, step,
)  # fmt: skip


follow_up = Workflow(
    code="chronic.follow_up", title="随访", prefix="SF",
    basis="国家基本公共卫生服务规范（第三版）", source="R47 R54 R124",
    sides=(side("home", "随访机构"), side("centre", "乡镇卫生院")),
    parts=(
        part("home_doctor", "随访医生", side="home", roles=("village_doctor", "township_doctor")),
        part("township_head", "卫生院院长", side="centre", roles=("township_head",)),
    ),
    states=(state("due", "待随访", turn="home_doctor"), state("done", "已随访"), state("missed", "未能随访"),
            state("ended", "已去世，不再随访"), state("stopped", "已结束管理，不再随访")),
    ends=("done", "missed", "ended", "stopped"),
    fields=(
        fact("resident", "居民", "picked", picker="resident"),
        fact("due_on", "应随访日期", "date"),
        fact("why", "随访缘由", "text", most=200),
        fact("plan", "照护计划", "long_text"),
        fact("sensitive", "敏感类别", "choices", options="record.special_class", clinical=True),
        fact("way", "随访方式", "choice", options="chronic.way"),
        fact("systolic", "收缩压", "number", unit="mmHg"),
        fact("diastolic", "舒张压", "number", unit="mmHg"),
        fact("glucose", "空腹血糖", "number", unit="mmol/L"),
        fact("medicines_taken", "服药情况", "choice", options="chronic.adherence"),
        fact("discomfort", "不适或症状", "long_text"),
        fact("result", "此次随访分类", "choice", options="chronic.result"),
        fact("note", "处理与交代", "long_text"),
        fact("missed_reason", "未随访原因", "choice", options="chronic.missed"),
    ),
    steps=(
        step("plan", "安排随访", by="home_doctor", frm=BIRTH, to="due", must_record=("resident", "due_on", "why"),
             clause="由管理居民档案的机构随访；特别保护的病种，村卫生室无权查看的，由乡镇卫生院随访"),
        step("record", "记录随访", by="home_doctor", frm="due", to="done", weight="primary",
             must_record=("way", "medicines_taken", "result"),
             may_record=("systolic", "diastolic", "glucose", "discomfort", "note"),
             guards=("chronic.plausible",), does=("chronic.write_record",), announces="chronic.followed_up",
             clause="面对面随访计入规范随访，电话随访只作联系"),
        step("miss", "登记未能随访", by="home_doctor", frm="due", to="missed", must_record=("missed_reason",),
             may_record=("note",), announces="chronic.follow_up_missed", clause="失访按未控制统计"),
        step("end", "居民去世，结束随访", by=CLOCK, frm="due", to="ended", announces="chronic.follow_up_missed",
             clause="登记去世后不再随访；去世登记撤销的，照原计划重新安排"),
        step("stop", "结束管理，不再随访", by=CLOCK, frm="due", to="stopped", announces="chronic.follow_up_stopped",
             clause="不再管理任何病种的，管理的最后一天以后才到期的随访不再办；已到期的仍要登记结果，转诊转回后的首次随访照办"),
        step("hand_on", "转交新的管理机构", by=CLOCK, frm="due", to="due",
             clause="居民健康档案迁出的，随访任务随档案交接"),
        step("resume", "恢复随访", by=CLOCK, frm=BIRTH, to="due",
             clause="登记去世或结束管理有误而撤销的，照原计划重新安排；撤销时已过应随访日期的，当日为应随访日期"),
    ),
    timers=(
        Timer(state="due", after=parameter("chronic.follow_up_grace"), counts="calendar_days",
              since="due_on",
              then=Escalate(ladder="overdue"), promise=True, clause="随访时限"),
    ),
    ladders=(Ladder(code="overdue", rungs=("home_doctor", "township_head"), counts="calendar_days",
                    every=parameter("chronic.escalate_every")),),
    sees=(Sees(side="home", panels=("duty", "outcome"), states=("due", "done", "missed", "ended", "stopped")),
          Sees(side="centre", panels=(), states=("due", "done", "missed", "ended", "stopped"))),
)  # fmt: skip
