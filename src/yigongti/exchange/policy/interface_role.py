"""岗位：对外接口。代一家机构的信息系统收消息；发给它的，不比这家机构的人看到的多。"""

from yigongti.kernel.access.words import Reach, Role, never, registry


interface = registry.add_role(
    Role(
        code="interface",
        title="对外接口",
        works_at=(),
        reach=Reach.BELOW,
        does="代一家机构的信息系统，收本机构所申请检查检验的报告、正转诊到本机构的人的报告，收请它执行的申请。",
        source="R133、R159、R161",
        may=(),
        bases=("referral_under_way", "ordered"),
        # Children are examined as everybody is. Special classes stay closed: a machine can't be asked why it looked.
        gates=("minors",),
        never=(
            never("foreign", "收到与本机构没有转诊、也不是本机构申请的报告"),
            never("special", "收到别的机构写的特别保护类内容"),
            never("sign_in", "登录或翻查档案"),
        ),
    )
)
