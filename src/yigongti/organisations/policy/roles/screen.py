"""大屏：无人值守的一块屏，只放指标大屏这一页；看不到任何一行明细，更看不到人。"""

from yigongti.kernel.access.words import Reach, Role, never, registry


screen = registry.add_role(
    Role(
        code="screen",
        title="大屏终端",
        source="R22；领域参考第三部分 P14、P15；本平台默认岗位",
        does=(
            "挂在指挥大厅的一块屏：只显示所在单位的指标大屏，别的页面都打不开。没有人坐在前面，所以登录后不因无人操作退出；"
            "停用账号、重置口令或结束岗位，画面立即断开。"
        ),
        works_at=("county", "group"),
        reach=Reach.UNIT,
        may=("indicators.see", "indicators.screen"),
        alone_at="/screen",
        never=(
            never("pages", "打开大屏以外的任何一页"),
            never("rows", "看到任何一行明细或任何一个人"),
            never("after_end", "账号停用之后还有画面"),
        ),
    )
)
