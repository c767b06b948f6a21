"""What this chapter says no to; each docstring is the sentence."""

from __future__ import annotations

from yigongti.kernel.refusal import Refusal


class AlreadyRegistered(Refusal):
    """{name}（出生 {born}）已用这个证件登记，由{where}管理：请打开已有的档案，不要重复登记。"""


class RegisteredElsewhere(Refusal):
    """已在{where}登记（{name}，出生 {born}），不能重复登记：患者来诊可凭证件打开，要由本机构管理请申请转入。"""


class LikelyDuplicate(Refusal):
    """有 {count} 份已有登记可能是同一人：请逐一核对；确认都不是同一人，请勾选“确认不是同一人”后再登记。"""


class ChangedMeanwhile(Refusal):
    """您打开之后，这份登记已被{who}修改：请对照现在的内容再提交，您填写的都还在。"""


class NotManagedHere(Refusal):
    """{name}不由您的机构管理，不能修改登记：请联系{where}，或申请转入。"""

    status = 403


class NotFoundByPaper(Refusal):
    """要先用完整证件号，或姓名加出生日期找到此人；已找到的请在 {minutes} 分钟内打开。"""

    status = 403


class MinorClosed(Refusal):
    """此人未满 {age} 周岁，您的岗位不能以这个依据查阅未成年人的档案。"""

    status = 403


class NoPaper(Refusal):
    """请填写身份证号；确实没有证件的，请勾选“暂无证件”，系统给临时编号。"""

    status = 422


class PaperTaken(Refusal):
    """{label}“{value}”已登记在{name}名下；若是同一人，请交数据员合并。"""


class NotMother(Refusal):
    """{name}不能登记为母亲：{problem}。"""

    status = 422


class SamePerson(Refusal):
    """这两份登记已经是同一人。"""


class NotOwnReview(Refusal):
    """自己打开的档案不能由自己复核。"""

    status = 403


class SerialsUsedUp(Refusal):
    """{prefix} 的 99999 个档案序号已用完，请与数据员联系。"""


class Guessing(Refusal):
    """您的岗位一小时内已有 {count} 次查无此人，{until} 以前只能查找已有依据的人，不能再凭号码或姓名加出生日期查找。"""

    status = 429


class GuessingPapers(Guessing):
    """您的岗位一小时内已有 {count} 次查无此人或重复登记，{until} 以前只能按“暂无证件”登记，不能凭证件登记或更正。"""
