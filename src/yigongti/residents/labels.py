"""The words for this chapter's codes, as the screens and refusals say them."""

from __future__ import annotations

from yigongti.residents.policy.ethnicities import ETHNICITIES


SEX = {"1": "男", "2": "女", "0": "未知", "9": "未说明"}
PHONE_OWNER = {"self": "本人", "family": "家属", "neighbour": "邻居", "village_doctor": "村医", "none": "无电话"}
PAPER = {
    "id_card": "居民身份证",
    "passport": "护照",
    "residence_permit": "永久居留身份证",
    "birth_certificate": "出生医学证明",
    "health_card": "居民健康卡",
    "insurance_no": "医保卡号",
    "temporary": "临时编号",
}
HOUSEHOLD_ROLE = {
    "head": "户主",
    "spouse": "配偶",
    "child": "子女",
    "parent": "父母",
    "grandchild": "孙辈",
    "other": "其他",
}
CHRONIC = {
    "hypertension": "高血压",
    "diabetes": "糖尿病",
    "copd": "慢阻肺",
    "coronary": "冠心病",
    "chd": "冠心病",
    "stroke": "脑卒中",
    "cancer": "肿瘤",
}
"""Those of a special class have no word here: the record shows them to whom their gate opens."""
FIELD = {
    "name": "姓名",
    "sex": "性别",
    "birth_date": "出生日期",
    "birth_estimated": "出生日期为估计",
    "id_card": "身份证号",
    "no_papers": "暂无证件",
    "phone": "电话",
    "phone_owner": "电话是谁的",
    "ethnicity": "民族",
    "lives_division": "居住地区划代码",
    "lives_address": "居住地址",
    "insured_division": "参保地区划代码",
    "register_division": "户籍地区划代码",
    "managing": "管理机构",
    "household_role": "与户主关系",
}
ETHNICITY = ETHNICITIES
