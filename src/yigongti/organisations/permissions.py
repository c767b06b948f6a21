"""What can be permitted here, in the words of a role page; pages and actions share these few codes."""

from __future__ import annotations

from yigongti.kernel.access.words import registry


SEE = registry.add_permission("organisations.tree", title="看机构、科室、中心、值班与日历", writes=False)
MANAGE = registry.add_permission("organisations.manage", title="维护机构、科室、中心、章程与日历", writes=True)
DUTY = registry.add_permission("organisations.duty", title="排班", writes=True)
STAFF = registry.add_permission("organisations.staff", title="维护职工台账", writes=True)
CHARTER = registry.add_permission("organisations.approve_charter", title="代表本单位同意章程", writes=True)
ACCOUNTS = registry.add_permission("accounts.manage", title="开立、停用和重置账号，任免岗位", writes=True)
COVER = registry.add_permission("accounts.cover", title="安排代班", writes=True)
