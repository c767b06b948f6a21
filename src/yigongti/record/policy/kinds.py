"""The kinds of entry: what each is called, what its form asks, and what the platform computes with."""

from __future__ import annotations

from yigongti.kernel.parameters.codes import code_list
from yigongti.record.words import Kind, Part


encounter = Kind(code="encounter", title="就诊", icon="visit", name="就诊摘要", when="就诊时间", ends="离院时间")
observation = Kind(code="observation", title="测量", icon="chart", name="测量项目", when="测量时间")
document = Kind(code="document", title="文书", icon="document", name="文书名称", when="形成时间")

ORDER_STATES = {
    "placed": "已申请", "in_progress": "执行中", "resulted": "已完成", "cancelled": "已取消",
}  # fmt: skip
APPOINTMENT_STATES = {
    "booked": "已预约", "rescheduled": "已改期", "changed": "已变更", "cancelled": "已取消", "discontinued": "已中止",
    "not-come": "未到",
}  # fmt: skip

ALL = (
    encounter,
    observation,
    Kind(code="condition", title="诊断与健康问题", icon="person", name="诊断名称", when="确诊时间", ends="治愈排除时间",
         system="icd10"),
    Kind(code="report", title="检查检验报告", icon="lab", name="项目名称", when="报告时间", text="结论",
         text_required=True),
    Kind(code="medication", title="用药", icon="medicine", name="药品名称（含规格）", when="开始时间", ends="停药时间",
         parts=(Part(name="dose", label="用法用量", required=True),)),
    Kind(code="procedure", title="手术与操作", icon="check", name="名称", when="操作时间"),
    Kind(code="immunisation", title="预防接种", icon="plus", name="疫苗名称", when="接种时间",
         parts=(Part(name="dose_number", label="第几剂"), Part(name="batch", label="批号"))),
    Kind(code="allergy", title="过敏", icon="urgent", name="过敏原", when="发现时间", ends="排除时间",
         parts=(Part(name="reaction", label="反应", required=True),)),
    document,
    Kind(code="imaging", title="影像与心电", icon="image", name="检查名称", when="检查时间",
         parts=(Part(name="device", label="设备"), Part(name="accession", label="申请单号"))),
    Kind(code="order", title="检查检验申请", icon="document", name="申请项目", when="申请时间",
         parts=(Part(name="state", label="进度", words=ORDER_STATES), Part(name="placer", label="申请单号"),
                Part(name="filler", label="执行单号"), Part(name="priority", label="缓急"),
                Part(name="performer_name", label="执行机构"), Part(name="received_by", label="接收"),
                Part(name="unable", label="不能执行"))),
    Kind(code="appointment", title="预约", icon="clock", name="预约事项", when="预约时间", ends="预计结束",
         parts=(Part(name="state", label="进度", words=APPOINTMENT_STATES), Part(name="where", label="地点"),
                Part(name="who", label="接诊人"))),
)  # fmt: skip

KINDS = {one.code: one for one in ALL}

# What a plain form enters; encounters, observations and documents have their own.
WRITTEN = ("condition", "medication", "allergy", "report", "procedure", "immunisation")

ENCOUNTER_CLASSES = {
    "outpatient": "门诊", "emergency": "急诊", "inpatient": "住院", "home": "上门出诊", "village": "村卫生室诊疗",
    "physical_exam": "健康体检", "public_health": "公共卫生服务",
}  # fmt: skip
code_list("record.visit_class", title="就诊类别", source="领域参考 2.9.1；本平台列出", entries=ENCOUNTER_CLASSES)

SOURCES = {
    "entered": "本平台录入", "his": "医院信息系统", "inbox": "外部系统传入", "paper": "纸质补录",
    "referral": "转诊", "chronic": "慢病随访", "sheet": "表格导入",
}  # fmt: skip
