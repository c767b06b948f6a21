"""What is said of a file or a header line that cannot be taken as a table."""

from __future__ import annotations

from yigongti.kernel.refusal import Refusal


class MissingHeader(Refusal):
    """缺少“{header}”这一列；表头里有：{found}"""

    status = 422


class DoubledHeader(Refusal):
    """“{header}”有不止一列（{found}），请只留一列。"""

    status = 422


class NoTable(Refusal):
    """这个文件不能当表格读。"""

    status = 422


class Empty(NoTable):
    """文件是空的。"""


class NoLines(NoTable):
    """表格里没有内容。"""


class NotATable(NoTable):
    """这不是表格（像是{problem}）。请用表格软件另存为 .xlsx 或 .csv 再上传。"""


class Encrypted(NoTable):
    """工作簿设了打开密码，请取消密码另存后再上传。"""


class Damaged(NoTable):
    """文件已损坏，读不完整（{problem}）。请用表格软件打开后另存再上传。"""


class Unpacked(NoTable):
    """文件展开后有 {size} MB，是上传大小的 {ratio} 倍，超过了允许的范围。请只留要导入的工作表，删去空白格式后另存。"""


class TooWide(NoTable):
    """表格有 {count} 列，最多 {most} 列。"""


class TooLong(NoTable):
    """表格有 {count} 行，一次最多 {most} 行，请分成几份。"""


class TooFar(NoTable):
    """表格铺到了第 {row} 行、第 {column} 列，一次最多 {most} 格。请删去多余的行和列后另存，或分成几份。"""


class CellTooLong(NoTable):
    """第 {row} 行第 {column} 列有一格超过 {most} 个字，不能读。"""


class OpenQuote(NoTable):
    """第 {row} 行的双引号不成对（{near}），从这里起分不清各格，请改正后再上传。"""


class BadLetters(NoTable):
    """第 {row} 行有读不出的字（按 {charset} 读），文件可能已损坏或混用了编码。请用表格软件另存为 .xlsx。"""
