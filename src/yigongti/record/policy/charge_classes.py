"""费用类别：一次就诊花在哪里。

各医院系统按收费票据的项目送来；未分类的只有总额，照实记为未分类，不猜它属于哪一类。
"""

from yigongti.kernel.parameters.codes import code_list


UNCLASSIFIED = "unclassified"

charge_class = code_list(
    "record.charge_class", title="费用类别",
    source="医疗收费票据的收费项目；国家卫生健康统计调查制度的医疗费用分类；领域参考 2.2（C4、D3）[M]",
    entries={
        "registration": "挂号费", "consultation": "诊察费", "general_treatment": "一般诊疗费", "bed": "床位费",
        "examination": "检查费", "laboratory": "化验费", "treatment": "治疗费", "surgery": "手术费",
        "nursing": "护理费", "consumables": "卫生材料费", "western_medicine": "西药费",
        "chinese_patent_medicine": "中成药费", "chinese_herbs": "中草药费", "other": "其他费用",
        UNCLASSIFIED: "未分类",
    },
)  # fmt: skip

incision = code_list(
    "record.incision", title="切口等级", source="住院病案首页：0 无切口或经自然腔道，I 清洁，II 可能污染，III 污染 [M]",
    entries={"0": "0 类切口", "1": "I 类切口", "2": "II 类切口", "3": "III 类切口"},
)  # fmt: skip

operation_grade = code_list(
    "record.operation_grade", title="手术级别", source="《医疗机构手术分级管理办法》：一级至四级 [M+]",
    entries={"1": "一级手术", "2": "二级手术", "3": "三级手术", "4": "四级手术"},
)  # fmt: skip
