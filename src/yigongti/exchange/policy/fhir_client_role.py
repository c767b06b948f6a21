"""岗位：FHIR 客户端。一家机构的信息系统，凭令牌读写资源；看到的不比这家机构的人多。"""

from yigongti.kernel.access.words import Reach, Role, never, registry


READ = registry.add_permission("exchange.fhir_read", title="用 FHIR 读取和查询", writes=False)
WRITE = registry.add_permission("exchange.fhir_write", title="用 FHIR 送来资源", writes=True)

fhir_client = registry.add_role(
    Role(
        code="fhir_client",
        title="FHIR 客户端",
        works_at=(),
        reach=Reach.UNIT,
        does="代一家机构的信息系统，用 FHIR R4 送来资源、读取本机构有依据查看的资源。",
        source="R133、R159、R161",
        may=(READ, WRITE),
        bases=("managed", "treated"),
        # A hospital's system has children among its patients. Of the special classes it reads what its own institution
        # sent, and no more: a machine can't be asked why it looked.
        gates=("minors",),
        never=(
            never("foreign", "查到本机构没有依据查看的人，或从条数、链式条件、历史里看出有这个人"),
            never("special", "看到别的机构写的特别保护类内容"),
            never("overwrite", "改动或删除别的机构送来的资源"),
            never("other_writes", "办理转诊、随访等任何单子"),
        ),
    )
)
