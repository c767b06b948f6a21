"""指标发布：算出 → 审核 → 异议 → 冻结 → 发布 → 更正。依据：R22、R153、R155；领域参考第四部分 2、14；[M-]。

数字由系统算出，谁也不能改；被考核的单位可以提异议，不能审核、冻结和发布自己的排名。
"""

# isort: off
from yigongti.kernel.parameters.words import parameter
from yigongti.kernel.workflow.words import (
    BIRTH, CLOCK, Remind, Sees, Timer, Workflow, fact, part, side, state, step,
)  # fmt: skip

SEEN = ("computed", "reviewed", "frozen", "published", "superseded", "withdrawn")

release = Workflow(
    code="indicators.release", title="指标发布", prefix="ZB",
    basis="领域参考第四部分 2、14：谁被考核谁不发布；本平台默认流程", source="R22 R153 R155",
    sides=(side("proposer", "提出方"), side("publisher", "发布方")),
    parts=(
        part("proposer", "提出人", side="proposer", roles=("quality_officer", "bureau")),
        part("publisher", "卫健局审核发布人", side="publisher", roles=("bureau",)),
    ),
    states=(
        state("computed", "待审核", turn="publisher"), state("reviewed", "异议期", turn="publisher"),
        state("frozen", "已冻结，待发布", turn="publisher"), state("published", "已发布"),
        state("superseded", "已被更正"), state("withdrawn", "不发布"),
    ),
    ends=("published", "superseded", "withdrawn"),
    fields=(
        fact("what", "发布什么", "choice", options="indicators.what"),
        fact("level", "哪一级", "choice", options="indicators.level"),
        fact("period", "时期", "text", most=8, help="2026-10、2026-Q3、2025，或 2026-Y10（年初至 10 月）"),
        fact("note", "说明", "long_text", clinical=False),
        fact("doubt", "更正理由", "long_text", clinical=False, help="已发布过的，写明为什么更正"),
        fact("verdict", "审核意见", "long_text", clinical=False),
        fact("why", "不发布的理由", "long_text", clinical=False),
    ),
    steps=(
        step("compose", "提出发布", by="proposer", frm=BIRTH, to="computed", weight="primary",
             must_record=("what", "level", "period"), may_record=("note", "doubt"),
             guards=("indicators.period_over",), does=("indicators.take_figures",),
             clause="取系统算出的数，任何人不能改"),
        step("review", "审核通过", by="publisher", frm="computed", to="reviewed", not_by=("compose",),
             must_record=("verdict",), does=("indicators.open_window",), weight="primary",
             announces="indicators.reviewed", clause="提出的人不审核；审核后开始异议期"),
        step("freeze", "冻结", by="publisher", frm="reviewed", to="frozen", weight="primary",
             guards=("indicators.window_over", "indicators.unmoved"), does=("indicators.freeze",),
             clause="异议期满，异议都已答复；冻结后数据库拒绝任何改动"),
        step("publish", "发布", by="publisher", frm="frozen", to="published", not_by=("compose",), weight="primary",
             does=("indicators.publish",), announces="indicators.published", clause="提出的人不发布"),
        step("renew", "重新取数", by=("proposer", "publisher"), frm=("computed", "reviewed"), to="computed",
             does=("indicators.take_figures",), clause="数据变了，重新取数后再审核"),
        step("withdraw", "不发布", by="publisher", frm=("computed", "reviewed", "frozen"), to="withdrawn",
             must_record=("why",), weight="danger"),
        step("supersede", "被更正", by=CLOCK, frm="published", to="superseded",
             clause="更正是新的一版，写明理由；旧版留着"),
    ),
    timers=(
        Timer(state="computed", after=parameter("indicators.review_days"), counts="calendar_days",
              then=Remind(part="publisher"), promise=True, clause="审核时限"),
        Timer(state="reviewed", after=parameter("indicators.appeal_days"), counts="calendar_days",
              then=Remind(part="publisher"), promise=True, clause="异议期"),
    ),
    sees=(Sees(side="proposer", states=SEEN, panels=("cells",)),
          Sees(side="publisher", states=SEEN, panels=("cells",))),
)  # fmt: skip
