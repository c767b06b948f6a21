"""Today's work and the worklists of the county's fullest referral desk, as pages and as JSON.

python -m benchmarks.worklist_page       # on the demo's county; YIGONGTI_DATA names another folder
"""

from __future__ import annotations

from benchmarks.measuring import against_sql, run, signed_in, tell


PLACES = {
    "today's work": "/",
    "what waits for me": "/cases?show=mine",
    "what waits for others": "/cases?show=others",
    "all cases": "/cases?show=all",
    "JSON worklist": "/api/worklist",
}


def fullest_desk() -> tuple[int, int]:
    """A post at a referral desk, and how many open cases wait where most do."""
    from yigongti.kernel.access import sign_in
    from yigongti.kernel.access.models import Post
    from yigongti.kernel.workflow import worklists

    best = (0, 0)
    for post in Post.objects.filter(role="referral_desk", ends=None).select_related("account", "unit")[:20]:
        waiting = worklists.tally(for_=sign_in.actor_of(post))["waiting"]
        best = max(best, (waiting, post.pk))
    if not best[1]:
        raise SystemExit("no county here: run ./run demo first")
    return best[1], best[0]


def main() -> None:
    """Print the figures and their ratios, place by place."""
    post, waiting = fullest_desk()
    tell(f"a desk with {waiting} open cases")
    for title, path in PLACES.items():
        against_sql(title, [path], signed_in(post))


if __name__ == "__main__":
    run(main)
