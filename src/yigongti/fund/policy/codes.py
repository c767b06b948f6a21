"""医保结算单用的代码表：参保类别、就医地、机构级别、就医类别。"""

from yigongti.kernel.parameters.codes import code_list


YIBAO = "医保结算清单与异地就医结算数据的常见取值；各统筹区的对照在导入时确定；领域参考 2.7 [M]"

insured_kind = code_list("fund.insured_kind", title="参保类别", source=YIBAO, entries={
    "employee": "职工医保", "resident": "居民医保",
})  # fmt: skip

area = code_list("fund.area", title="就医地", source="按就医机构区划代码与本县区划代码比较；领域参考 2.2.3", entries={
    "county": "县内", "city": "市内县外", "province": "省内市外", "outside": "省外",
})  # fmt: skip

level = code_list("fund.level", title="机构级别", source=YIBAO, entries={
    "tertiary": "三级", "secondary": "二级", "primary": "一级及以下", "ungraded": "未定级", "pharmacy": "定点药店",
})  # fmt: skip

visit_kind = code_list("fund.visit_kind", title="就医类别", source=YIBAO, entries={
    "outpatient": "普通门诊", "emergency": "急诊", "chronic_outpatient": "门诊慢特病", "inpatient": "住院",
    "day_case": "日间", "maternity": "生育住院", "pharmacy": "药店购药", "other": "其他",
})  # fmt: skip

BED_KINDS = ("inpatient", "maternity")
"""住院人次按这两类数；日间另计。"""


def area_of(division: str, county: str) -> str:
    """就医地：机构区划与本县前 6 位相同为县内，前 4 位为市内，前 2 位为省内；没有区划代码不猜。"""
    if len(division) < 6 or len(county) < 6:
        return ""
    for digits, code in ((6, "county"), (4, "city"), (2, "province")):
        if division[:digits] == county[:digits]:
            return code
    return "outside"
