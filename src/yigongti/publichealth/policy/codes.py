"""出生医学证明和死亡医学证明用的代码表。"""

from yigongti.kernel.parameters.codes import code_list


BIRTHS = "出生医学证明的填写项目；领域参考 2.3、2.10 [M]"
DEATHS = "居民死亡医学证明（推断）书的填写项目；领域参考 2.10 [M+]"

birth_place = code_list("publichealth.birth_place", title="出生地点", source=BIRTHS, entries={
    "institution": "医疗机构", "home": "家中", "other": "其他场所",
})  # fmt: skip

birth_outcome = code_list("publichealth.birth_outcome", title="出生结局", source=BIRTHS, entries={
    "live": "活产", "still": "死胎死产",
})  # fmt: skip

death_place = code_list("publichealth.death_place", title="死亡地点", source=DEATHS, entries={
    "ward": "医院病房", "emergency_room": "急诊室", "on_the_way": "来院途中", "home": "家中",
    "care_home": "养老服务机构", "other": "其他场所", "unknown": "不详",
})  # fmt: skip

how_known = code_list("publichealth.how_known", title="诊断依据", source=DEATHS, entries={
    "autopsy": "尸检", "pathology": "病理", "surgery": "手术", "clinical_tests": "临床加理化", "clinical": "临床",
    "inferred": "死后推断", "unknown": "不详",
})  # fmt: skip

EFFECTS = {
    "none": "没有对到居民", "applied": "已登记去世", "same": "与登记一致", "waiting": "有矛盾，待核对",
    "declined": "核对后不登记", "undone": "去世登记已撤销",
}  # fmt: skip
"""一份死亡证明对居民登记做了什么。"""
