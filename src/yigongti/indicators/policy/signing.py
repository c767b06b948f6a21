"""谁签发、谁核对、什么时候复核：被考核的机构不签发自己的指标。"""

from datetime import date
from functools import partial

from yigongti.kernel.measures.words import LEVELS, Indicator, PeriodKind


REVIEW = date(2027, 12, 31)

by_bureau = partial(Indicator, owner="县卫生健康局", checker="医共体质控中心", review_before=REVIEW)
by_insurance = partial(Indicator, owner="县医疗保障局", checker="医共体医保管理中心", review_before=REVIEW)
by_cdc = partial(Indicator, owner="县疾病预防控制中心", checker="县卫生健康局", review_before=REVIEW)
by_operations = partial(Indicator, owner="医共体运营管理中心", checker="县卫生健康局", review_before=REVIEW)
by_data = partial(Indicator, owner="医共体信息数据中心", checker="县卫生健康局", review_before=REVIEW)

WIDE = ("group", "county")
"""只对整个医共体和全县有意义：在一个乡镇里不是 0 就是 100。"""
TOWNSHIPS = ("township", "group", "county")
ALL = LEVELS
YEARS: tuple[PeriodKind, ...] = ("year",)

M2024 = "监测指标（2024版）"
M2020 = "监测指标（2020试行版）"
IN_2024 = "《紧密型县域医疗卫生共同体监测指标体系（2024版）》"
IN_2020 = "《紧密型县域医疗卫生共同体监测指标体系（试行）》，国卫办基层发〔2020〕12号附件"
GONGWEI = "国家基本公共卫生服务规范（第三版）"
