"""As what a sheet is kept: what it holds is found out when it is read, not by its name."""

from __future__ import annotations


EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"


def media_type(name: str) -> str:
    """Workbooks as workbooks, everything else as text."""
    return EXCEL if name.casefold().endswith((".xlsx", ".xls", ".ods")) else CSV
