"""The president's cockpit, all indicators, one figure's page and the big screen, at 1 and 8 clients.

python -m benchmarks.cockpit_page       # on the demo's county with its figures; YIGONGTI_DATA names another

Rows and patient flow are counted by the engine and not by SQL: see `indicator_refresh`.
"""

from __future__ import annotations

from benchmarks.measuring import against_sql, post_of, run, signed_in, tell


PLACES = {
    "cockpit": ["/indicators", "/indicators?period=2026-Q3", "/indicators?period=2025"],
    "all indicators": ["/indicators/all"],
    "one typed for": ["/indicators/all?q=%E4%BD%8F%E9%99%A2"],
    "big screen": ["/screen"],
}


def most_told() -> str:
    """The indicator with most figures: its page has the longest lists."""
    from django.db.models import Count

    from yigongti.indicators.models import Value

    told = Value.objects.values_list("indicator").annotate(n=Count("id")).order_by("-n", "indicator").first()
    if told is None:
        raise SystemExit("no figures here: run ./run demo, and wait until the cockpit is filled")
    return str(told[0])


def main() -> None:
    """Print the figures and their ratios, place by place."""
    from yigongti.indicators.models import Value

    post = post_of("president")
    if post is None:
        raise SystemExit("no county here: run ./run demo first")
    indicator = most_told()
    tell(f"{Value.objects.count():,} figures; most of {indicator}")
    for title, paths in {**PLACES, "figure": [f"/figures/{indicator}"]}.items():
        against_sql(title, paths, signed_in(post))


if __name__ == "__main__":
    run(main)
