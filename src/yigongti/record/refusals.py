"""What the record says no to, beyond wrong values."""

from yigongti.kernel.refusal import Refusal


class NotYours(Refusal):
    """只有书写机构可以更正或撤销：这一条由{institution}书写，请与其联系。"""

    status = 403


class NotInAnInstitution(Refusal):
    """您的岗位不在医疗机构，不能书写健康记录。"""

    status = 403


class NothingChanged(Refusal):
    """内容没有改动，不必更正。"""

    status = 422


class MinorRecordClosed(Refusal):
    """此人是未成年人，您的岗位不能查阅未成年人的档案：请联系负责诊治或管理的医生。"""

    status = 403
