"""The record page of the fullest record, asked for by the managing doctor.

python -m benchmarks.record_page       # on the demo's county; YIGONGTI_DATA names another folder
"""

from __future__ import annotations

from benchmarks.measuring import against_sql, run, signed_in


def fullest() -> tuple[int, int, int]:
    """The person with most entries who is managed by an institution with a doctor: person, entries, post."""
    from django.db.models import Count

    from yigongti.kernel import clock
    from yigongti.kernel.access.models import Post
    from yigongti.record.models import Entry
    from yigongti.residents.models import Resident

    counted = Entry.objects.values_list("resident_id").annotate(n=Count("id")).order_by("-n")
    for person, entries in counted[:50]:
        where = Resident.objects.get(pk=person).managing_id
        posts = Post.objects.filter(
            unit_id=where, role__in=("village_doctor", "township_doctor"), begins__lte=clock.today()
        )
        post = posts.filter(ends=None).first()
        if post:
            return person, entries, post.pk
    raise SystemExit("no county here: run ./run demo first")


def main() -> None:
    """Print the figures and their ratios."""
    person, entries, post = fullest()
    against_sql(f"record of {entries} entries", [f"/residents/{person}/record"], signed_in(post))


if __name__ == "__main__":
    run(main)
