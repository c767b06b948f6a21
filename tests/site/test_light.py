"""What a web process loads, and what it leaves to the others."""

import subprocess
import sys


HEAVY = ("duckdb", "ibis", "sqlglot", "pyarrow", "pandas", "pyspark", "splink")
ASKED = f"import sys, yigongti.site.wsgi, yigongti.site.urls; print([m for m in {HEAVY!r} if m in sys.modules])"


def test_a_web_process_brings_no_engine_of_figures():
    """With every page and address loaded; counting is the reader's."""
    done = subprocess.run([sys.executable, "-c", ASKED], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"
