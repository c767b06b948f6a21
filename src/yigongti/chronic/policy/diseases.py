"""在管病种：可以纳入管理的，和因病就诊而未在管的要列出来的。依据：国家基本公共卫生服务规范（第三版）；领域参考 2.3。"""

from yigongti.kernel.parameters.words import parameter


# 冠心病有两个编码，新纳入的只用一个。
ENROLLED = ("hypertension", "diabetes", "copd", "chd", "stroke", "cancer")

# 国家规范要求发现并纳入的病种，各按什么诊断编码看就诊；其他病种由医生自行纳入，不列疑似名单。
SOUGHT = {
    "hypertension": parameter("chronic.codes_hypertension"), "diabetes": parameter("chronic.codes_diabetes"),
    "copd": parameter("chronic.codes_copd"),
}  # fmt: skip

FROM_AGE = parameter("chronic.suspected_from_age")
WITHIN_DAYS = parameter("chronic.suspected_within")
FOLLOW_UP_WITHIN = parameter("chronic.follow_up_within")
