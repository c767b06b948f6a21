"""Paper as a PDF: by the extra where Pango is found, refused in words elsewhere, and of the house's own files only."""

from __future__ import annotations

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.http import HttpResponse
from django.test import RequestFactory

from yigongti.kernel.pages import paper


HTML = """<!doctype html><html lang="zh"><head>
<link rel="stylesheet" href="/static/yigongti/css/print.css" media="print">
</head><body><h1>双向转诊单</h1></body></html>"""


def asked(query=""):
    return RequestFactory().get(f"/cases/SZ-2026-1/paper{query}")


def test_a_page_for_paper_stays_a_page_unless_a_pdf_is_asked_for():
    page = HttpResponse(HTML)
    assert paper.answered(asked(), page) is page


def test_a_machine_without_the_part_says_so(monkeypatch):
    monkeypatch.setattr(paper, "possible", lambda: False)
    with pytest.raises(paper.NoPdfHere, match="请用浏览器的打印"):
        paper.answered(asked("?as=pdf"), HttpResponse(HTML))


def test_a_page_that_cannot_be_set_is_told_in_words(monkeypatch):
    monkeypatch.setattr(paper, "possible", lambda: True)
    monkeypatch.setattr(paper, "SETTER", "raise SystemExit(1)")
    with pytest.raises(paper.NotSet, match="没有排成 PDF"):
        paper.answered(asked("?as=pdf"), HttpResponse(HTML))


def test_a_refusal_is_not_set_as_a_pdf():
    refused = HttpResponse(HTML, status=403)
    assert paper.answered(asked("?as=pdf"), refused) is refused


def test_the_style_goes_into_the_page_from_the_house_s_own_files():
    made = paper.styled(HTML)
    assert '<style media="print">' in made
    assert "@page" in made
    with pytest.raises(SuspiciousFileOperation):
        paper.styled(HTML.replace("yigongti/css/print.css", "../../../etc/passwd"))
    with pytest.raises(ValueError, match="elsewhere"):
        paper.styled(HTML.replace("/static/yigongti/css/print.css", "http://elsewhere/print.css"))


@pytest.mark.long
def test_the_pdf_is_set_where_the_extra_stands():
    pytest.importorskip("weasyprint", reason="needs weasyprint")
    assert paper.possible()
    made = paper.answered(asked("?as=pdf"), HttpResponse(HTML))
    assert made["Content-Type"] == "application/pdf"
    assert made["Content-Disposition"] == 'inline; filename="cases-SZ-2026-1-paper.pdf"'
    assert made.content.startswith(b"%PDF-")
