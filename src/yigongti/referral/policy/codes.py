"""转诊用的代码表。各县可按本县《双向转诊管理办法》增减，停用的代码保留名称。"""

from yigongti.kernel.parameters.codes import code_list


SOURCE = "R47；各县《双向转诊管理办法》，本平台默认值 [M-]"

urgency = code_list("referral.urgency", title="紧急程度", source=SOURCE,
                    entries={"routine": "常规", "urgent": "加急", "emergency": "急诊"})  # fmt: skip

direction = code_list("referral.direction", title="转诊方向", source="R47 双向转诊；R48 县外转诊",
                      entries={"upward": "上转", "downward": "下转", "outward": "外转"})  # fmt: skip

state = code_list("referral.state", title="转诊进度", source="三张转诊流程页的状态，同名的合成一个", entries={
    "waiting": "待接收", "accepted": "已接收", "approved": "已同意", "arrived": "已到院", "admitted": "诊治中",
    "returned": "已转回，待随访", "closed": "已办结", "declined": "已退回", "cancelled": "已取消", "expired": "已过期",
    "ended": "患者去世，已终止",
})  # fmt: skip

admission = code_list("referral.admission", title="接诊方式", source="R48 住院直通车；R52 预约诊疗",
                      entries={"clinic": "门诊（留号）", "ward": "住院直通车（留床）"})  # fmt: skip

up_reason = code_list("referral.up_reason", title="上转原因", source=SOURCE, entries={
    "beyond_capability": "超出本机构诊治能力",
    "diagnosis_unclear": "诊断不明",
    "uncontrolled": "连续两次随访控制不满意",
    "complication": "出现新的或加重的并发症",
    "examination": "需要本机构没有的检查",
    "surgery": "需要手术或介入",
    "critical": "急危重症",
    "other": "其他（在病情摘要中写明）",
})  # fmt: skip

down_reason = code_list("referral.down_reason", title="下转原因", source=SOURCE, entries={
    "stable": "病情稳定，转回继续治疗",
    "rehabilitation": "康复期",
    "chronic_management": "慢性病长期管理",
    "palliative": "安宁疗护",
    "wish": "患者要求就近治疗",
})  # fmt: skip

out_reason = code_list("referral.out_reason", title="外转原因", source=SOURCE, entries={
    "beyond_county": "县域内无相应诊治能力",
    "diagnosis_unclear": "县级会诊后诊断仍不明",
    "critical": "急危重症需上级救治",
    "wish": "患者要求",
})  # fmt: skip

decline_reason = code_list("referral.decline_reason", title="退回原因", source=SOURCE, entries={
    "no_bed": "暂无床位",
    "wrong_department": "不属本科室，请改转",
    "treat_locally": "可在当地诊治（附指导意见）",
    "incomplete": "资料不全，请补充",
    "beyond_us": "超出本院能力，建议外转",
})  # fmt: skip

cancel_reason = code_list("referral.cancel_reason", title="取消原因", source=SOURCE, entries={
    "patient_declines": "患者不愿前往",
    "went_elsewhere": "已去其他机构",
    "improved": "病情好转",
    "died": "患者死亡",
    "entered_in_error": "误提交",
})  # fmt: skip

transport = code_list("referral.transport", title="转运方式", source="R48、R101", entries={
    "self": "自行前往",
    "unit_car": "机构派车",
    "ambulance": "救护车",
})  # fmt: skip
