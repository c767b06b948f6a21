"""随访用的代码表。"""

from yigongti.kernel.parameters.codes import code_list


GONGWEI = "国家基本公共卫生服务规范（第三版）"

way = code_list("chronic.way", title="随访方式", source=GONGWEI, entries={
    "clinic": "门诊", "home": "家庭", "phone": "电话",
})  # fmt: skip

adherence = code_list("chronic.adherence", title="服药情况", source=GONGWEI, entries={
    "regular": "规律", "interrupted": "间断", "none": "不服药",
})  # fmt: skip

result = code_list("chronic.result", title="此次随访分类", source=GONGWEI, entries={
    "satisfied": "控制满意", "unsatisfied": "控制不满意", "adverse": "不良反应", "complication": "并发症",
})  # fmt: skip

missed = code_list("chronic.missed", title="未随访原因", source="领域参考 5.1", entries={
    "refused": "拒绝随访", "lost": "失访", "hospitalised": "正在住院", "deceased": "死亡",
})  # fmt: skip

disease = code_list("chronic.disease", title="在管病种", source=GONGWEI, entries={
    "hypertension": "高血压", "diabetes": "糖尿病", "copd": "慢阻肺", "coronary": "冠心病", "chd": "冠心病",
    "stroke": "脑卒中", "cancer": "肿瘤",
})  # fmt: skip

end_reason = code_list("chronic.end_reason", title="结束管理原因", source=f"{GONGWEI}：档案终止；本平台列出", entries={
    "moved": "迁出或转走", "lost": "失访", "refused": "本人拒绝", "excluded": "排除诊断",
})  # fmt: skip
