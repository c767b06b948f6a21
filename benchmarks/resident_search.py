"""Search as you type: a village doctor, a township doctor, a county doctor and data staff.

python -m benchmarks.resident_search       # on the demo's county; YIGONGTI_DATA names another folder

They see one village, a township with its villages, who was treated here, and the whole group. Each types a common
surname, two initials, a full name, the end of a phone and a given name, one after the other.
"""

from __future__ import annotations

from urllib.parse import urlencode

from benchmarks.measuring import against_sql, post_of, run, signed_in, tell


ROLES = ("village_doctor", "township_doctor", "data_steward", "county_doctor")


def texts() -> list[str]:
    """What is typed: the county's most frequent surname, initials and a name of somebody who lives there."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT left(name, 1), left(initials, 2), name, right(phone, 4), substring(name, 2) FROM residents_resident"
            " WHERE stands AND phone <> '' AND char_length(name) = 3 ORDER BY initials, id LIMIT 1 OFFSET 1000"
        )
        row = cursor.fetchone()
    if row is None:
        raise SystemExit("no county here: run ./run demo first")
    return [str(text) for text in row]


def main() -> None:
    """Print the figures and their ratios, searcher by searcher."""
    typed = texts()
    tell(f"typed: {' · '.join(typed)}")
    addresses = [f"/residents?{urlencode({'q': text})}" for text in typed]
    for role in ROLES:
        post = post_of(role)
        if post:
            against_sql(role, addresses, signed_in(post))


if __name__ == "__main__":
    run(main)
