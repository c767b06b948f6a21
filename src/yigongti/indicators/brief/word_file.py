"""A brief as a Word file in the layout of GB/T 9704: masthead, title, text, and where each number is from."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from docx import Document
from docx.document import Document as Paper
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from yigongti.indicators import drawn
from yigongti.indicators.brief.judged import JUDGED
from yigongti.indicators.brief.queries import Whole
from yigongti.indicators.brief.spoken import Said, Spoken
from yigongti.kernel.language import say
from yigongti.kernel.pages.templating import day


MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
BODY, HEAD, TITLE = "仿宋", "黑体", "宋体"
RED = RGBColor(0xC0, 0x00, 0x00)
MARGINS = {"top_margin": 37, "bottom_margin": 35, "left_margin": 28, "right_margin": 26}
"""GB/T 9704-2012, 5.1: the type area of an official document, in millimetres."""


def word_file(whole: Whole, *, line: str, host: str, judged: Sequence[Sequence[str]] = ()) -> bytes:
    """The file. `line` stands below the masthead; `host` makes the links of the numbers whole; `judged` is what people
    have judged, with its proof."""
    paper = Document()
    _laid_out(paper)
    _line(paper, whole.masthead, size=36, face=TITLE, bold=True, red=True)
    _ruled(_line(paper, line, size=14, face=BODY))
    _line(paper, whole.brief.title, size=22, face=TITLE, bold=True, space=12)
    for one in whole.paragraphs:
        _paragraph(paper, one, host)
    if whole.typed:
        _line(paper, say("带 * 的数字由撰写人填写，不是系统计算。"), size=10.5, face=BODY, left=True)
    if judged:
        _table(paper, say("定性指标评定"), JUDGED, judged)
    _sources(paper, whole)
    kept = BytesIO()
    paper.save(kept)
    return kept.getvalue()


def _laid_out(paper: Paper) -> None:
    section = paper.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    for name, width in MARGINS.items():
        setattr(section, name, Mm(width))
    paper.styles["Normal"].paragraph_format.space_after = Pt(0)


def _line(
    paper: Paper, text: str, *, size: float, face: str, bold: bool = False, red: bool = False, left: bool = False,
    space: float = 0,
) -> Paragraph:  # fmt: skip
    made = paper.add_paragraph()
    made.alignment = WD_ALIGN_PARAGRAPH.LEFT if left else WD_ALIGN_PARAGRAPH.CENTER
    made.paragraph_format.space_before = made.paragraph_format.space_after = Pt(space)
    run = made.add_run(text)
    _faced(run, face, size)
    run.bold = bold
    if red:
        run.font.color.rgb = RED
    return made


def _ruled(line: Paragraph) -> None:
    """The red rule below the masthead."""
    border = OxmlElement("w:bottom")
    for name, value in {"val": "single", "sz": "12", "space": "4", "color": "C00000"}.items():
        border.set(qn(f"w:{name}"), value)
    borders = OxmlElement("w:pBdr")
    borders.append(border)
    line._p.get_or_add_pPr().append(borders)


def _paragraph(paper: Paper, one: Spoken, host: str) -> None:
    made = paper.add_paragraph()
    made.paragraph_format.first_line_indent = Pt(32)
    made.paragraph_format.line_spacing = Pt(28)
    for piece in one.pieces:
        face = HEAD if one.heading else BODY
        text = f"{piece.text}*" if piece.typed else piece.text
        if piece.href:
            _linked(made, piece, face, host)
        else:
            _faced(made.add_run(text), face, 16)


def _linked(paragraph: Paragraph, piece: Said, face: str, host: str) -> None:
    """A number that leads to its definition and rows."""
    run = paragraph.add_run(piece.text)
    _faced(run, face, 16)
    link = OxmlElement("w:hyperlink")
    to = paragraph.part.relate_to(f"{host}{piece.href}", RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link.set(qn("r:id"), to)
    link.set(qn("w:tooltip"), piece.title)
    paragraph._p.append(link)
    link.append(run._r)


def _faced(run: Any, face: str, size: float) -> None:
    run.font.name, run.font.size = face, Pt(size)
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)


def _sources(paper: Paper, whole: Whole) -> None:
    """Each number with what it is of, what stands above and below its line, and under which release."""
    rows = []
    for one in whole.used:
        cell = one.cell
        rows.append([
            drawn.with_unit(cell.value, cell.indicator) if cell.shown else drawn.value_of(cell), one.named,
            drawn.n_of(cell), cell.release, day(cell.cut), one.held.source if one.held else "",
        ])  # fmt: skip
    if rows:
        _table(paper, say("数字出处"), ("数字", "指标", "分子/分母", "发布编号", "数据截至", "目标依据"), rows)


def _table(paper: Paper, title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    _line(paper, title, size=12, face=HEAD, left=True, space=8)
    table = paper.add_table(rows=1, cols=len(heads), style="Table Grid")
    _row(table.rows[0], [say(word) for word in heads], face=HEAD)
    for one in rows:
        _row(table.add_row(), one, face=BODY)


def _row(row: Any, texts: Sequence[str], *, face: str) -> None:
    for cell, text in zip(row.cells, texts, strict=True):
        _faced(cell.paragraphs[0].add_run(text), face, 9)
