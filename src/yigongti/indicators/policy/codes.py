"""发布时可选的：哪一级，发布哪一个或哪一类指标。"""

from yigongti.indicators.policy.families import ALL
from yigongti.kernel.measures.words import Awaited, Judged
from yigongti.kernel.parameters.codes import code_list


level = code_list(
    "indicators.level", title="指标的层级", source="本平台",
    entries={"institution": "机构", "township": "乡镇", "group": "医共体", "county": "县"},
)  # fmt: skip

COUNTED = [one for one in ALL if not isinstance(one.figure, (Judged, Awaited))]

what = code_list(
    "indicators.what", title="发布什么", source="本平台指标目录",
    entries={one.family: one.family for one in COUNTED} | {one.code: one.title for one in COUNTED},
)  # fmt: skip

answer = code_list(
    "indicators.answer", title="评定结果", source="监测指标（2024版）一、二：定性指标",
    entries={"yes": "做到了", "partly": "部分做到", "no": "没有做到"},
)  # fmt: skip
