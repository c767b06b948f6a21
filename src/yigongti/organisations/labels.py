"""The code lists of this chapter and their Chinese labels."""

from __future__ import annotations

from yigongti.kernel.parameters.codes import code_list


KINDS = {
    "county_hospital": "县级综合医院",
    "tcm_hospital": "中医医院",
    "maternal_child": "妇幼保健机构",
    "disease_control": "疾病预防控制中心",
    "township_centre": "乡镇卫生院",
    "community_centre": "社区卫生服务中心",
    "village_room": "村卫生室",
    "rehabilitation": "康复院",
    "nursing_home": "护理院",
    "other_hospital": "其他医院",
    "clinic": "门诊部、诊所",
}
UNIT_KINDS = {"county": "县", "group": "医共体（集团）", "department": "科室", **KINDS}
LEVELS = {"county": "县级", "township": "乡级", "village": "村级", "outside": "县外"}
OWNERSHIPS = {"public": "公立", "private": "社会办"}
LEGAL_MODELS = {
    "single_legal_person": "唯一法人",
    "multi_legal_person": "成员单位各为法人",
}
FAMILIES = {
    "management": "管理中心",
    "business": "业务中心",
    "resource": "资源共享中心",
    "emergency": "急救中心",
    "clinical": "临床服务中心",
    "tcm": "中医药中心",
}
DUTIES = {
    "referral_desk": "转诊接收",
    "referral_lead": "转诊总值班",
    "general_duty": "院内总值班",
}
WEEKDAYS = {0: "周一", 1: "周二", 2: "周三", 3: "周四", 4: "周五", 5: "周六", 6: "周日"}
SEXES = {"1": "男", "2": "女", "9": "未说明", "0": "未知"}

GRADES = {
    "3A": "三级甲等",
    "3B": "三级乙等",
    "3C": "三级丙等",
    "3": "三级（未定等）",
    "2A": "二级甲等",
    "2B": "二级乙等",
    "2C": "二级丙等",
    "2": "二级（未定等）",
    "1A": "一级甲等",
    "1B": "一级乙等",
    "1C": "一级丙等",
    "1": "一级（未定等）",
    "": "未定级",
}

LEVEL_OF_KIND = {
    "county_hospital": "county",
    "tcm_hospital": "county",
    "maternal_child": "county",
    "disease_control": "county",
    "township_centre": "township",
    "community_centre": "township",
    "village_room": "village",
}


RANKS = {"senior": "高级", "middle": "中级", "junior": "初级", "unknown": "未说明"}

code_list("organisations.kind", title="机构类别", source="本平台列出；领域参考 2.9.1", entries=UNIT_KINDS)
code_list("organisations.level", title="机构层级", source="本平台列出；领域参考 2.9.1", entries=LEVELS)
code_list("organisations.rank", title="职称级别", source="卫生系列专业技术职务：正高、副高合为高级", entries=RANKS)


def label(labels: dict[str, str], code: str) -> str:
    """The label of a code; an unknown code shows itself, so that nothing disappears."""
    return labels.get(code, code)


def grade_code(said: str) -> str:
    """The code of a hospital grade, whether it was kept as a code or as its words."""
    return next((code for code, words in GRADES.items() if said in (code, words)), said)


# What the agreement of a social-run member says of the record (R3).
AGREED = "病历按协议与公立成员一样共享"
APART = "没有共享协议：只凭诊治关系、紧急或履职互看病历"
