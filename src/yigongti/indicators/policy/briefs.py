"""简报和年度报告的初稿：分几段，每段说哪些指标。依据：R25《县域医共体年度工作情况报送》、R174 每日汇报与信息报送。

初稿里只有已经发布的数字；没有发布的不写，列在编辑页旁边。文字由人改，数字不能改。
"""

from __future__ import annotations

from yigongti.indicators.brief.words import Outline, Section


FLOW = ("in_county_visit_share", "in_county_stay_share", "grassroots_visit_share", "visits_count", "discharges_count")
FUND = ("fund_in_county_share", "fund_grassroots_share", "actual_reimbursement", "out_of_pocket_share")
ABILITY = (
    "discharges_growth",
    "grade_three_surgery_growth",
    "grade_four_surgery_growth",
    "beds_per_thousand",
    "bed_use",
)
COST = ("visit_cost", "stay_cost", "drug_share", "stay_length")
CHRONIC = ("hypertension_standard", "hypertension_control", "diabetes_standard", "diabetes_control")
LIFE = ("mean_age_at_death", "chronic_age_at_death", "premature_mortality", "maternal_deaths", "infant_deaths")
HEALTH = ("health_record_rate", "elderly_check", "hospital_delivery", "managed_hospitalised")

daily = Outline(
    kind="daily", title="{place}医共体运行情况", masthead="每日汇报", basis="R174",
    opening="{period}，{place}紧密型县域医共体运行的主要情况如下。",
    sections=(
        Section("一、群众在哪里看病", FLOW[:4]),
        Section("二、医保基金花在哪里", FUND[:2]),
        Section("三、服务能力", ABILITY[:3]),
    ),
)  # fmt: skip

reform = Outline(
    kind="reform", title="{place}紧密型县域医共体建设进展", masthead="医改信息", basis="R174",
    opening="{place}以让群众就近看得上病、看得好病为目标，推进紧密型县域医共体建设。{period}主要指标如下。",
    sections=(
        Section("一、就医格局", FLOW),
        Section("二、基金和费用", (*FUND, *COST)),
        Section("三、能力提升", ABILITY),
        Section("四、慢病管理", CHRONIC),
    ),
    closing="下一步，",
)  # fmt: skip

annual = Outline(
    kind="annual", title="{place}{period}紧密型县域医共体工作情况报告", masthead="年度工作情况报告", numbered=False,
    basis="R25",
    opening="按照每年十一月底前报送年度工作情况的要求，现将{place}{period}工作情况报告如下。",
    sections=(
        Section("一、责任共同体", ("unified_resources", "internal_democracy", "stationed_doctors")),
        Section("二、管理共同体", (*ABILITY, "remote_imaging", "village_ecg")),
        Section("三、服务共同体", (*FLOW, *CHRONIC)),
        Section("四、利益共同体", (*FUND, *COST)),
        Section("五、群众健康", (*HEALTH, *LIFE)),
    ),
    closing="存在的问题和下一步打算：",
)  # fmt: skip

OUTLINES = {one.kind: one for one in (daily, reform, annual)}
