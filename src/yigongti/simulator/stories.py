"""What happens to each case of the demonstration: steps with the days ago on which they are taken.

Times are (days ago, hour); no hour means some minutes before now, so that something is always fresh.
"""

from __future__ import annotations

from dataclasses import dataclass


When = tuple[int, int | None]
# Long enough ago that the receiver is late, in working time, and not so long that the case has expired.
LATE: When = (-1, 10)


@dataclass(frozen=True, slots=True)
class Told:
    """One course of a case: the steps in order, and how many cases take it."""

    times: int
    steps: tuple[tuple[str, When], ...]
    urgent: bool = False
    ward: bool = False  # in bed, whatever the illness usually asks for
    due: int = 7  # days from the step that sets it to the follow-up


UP = (
    Told(2, (("draft", (0, None)),)),
    Told(4, (("submit", (0, None)),)),
    Told(1, (("submit", (0, None)),), urgent=True),
    Told(3, (("submit", LATE),)),
    Told(4, (("submit", (2, 9)), ("accept", (2, 11)))),
    Told(3, (("submit", (3, 9)), ("accept", (3, 10)), ("arrive", (2, 9)))),
    Told(5, (("submit", (6, 9)), ("accept", (6, 10)), ("arrive", (5, 9)), ("admit", (5, 11))), ward=True),
    Told(1, (("submit", (24, 9)), ("accept", (24, 10)), ("arrive", (23, 9)), ("admit", (23, 11))), ward=True),
    Told(4, (("submit", (12, 9)), ("accept", (12, 10)), ("arrive", (11, 9)), ("admit", (11, 11)), ("return", (3, 15))),
         ward=True),
    # The first follow-up of these is overdue.
    Told(3, (("submit", (30, 9)), ("accept", (30, 10)), ("arrive", (29, 9)), ("return", (20, 15)))),
    Told(7, (("submit", (38, 9)), ("accept", (38, 10)), ("arrive", (37, 9)), ("admit", (37, 11)), ("return", (29, 15)),
             ("follow", (22, 10)))),
    Told(3, (("submit", (9, 9)), ("decline", (9, 14)))),
    Told(2, (("submit", (8, 9)), ("cancel", (8, 16)))),
    Told(1, (("submit", (10, 9)),)),  # nobody answers: it expires
    Told(1, (("submit", (14, 9)), ("accept", (14, 10)))),  # nobody comes: it expires
)  # fmt: skip
DOWN = (
    Told(2, (("submit", (0, None)),)),
    Told(2, (("submit", (4, 9)), ("accept", (3, 10)))),
    Told(3, (("submit", (5, 9)), ("accept", (5, 11)), ("arrive", (4, 9)))),
    Told(3, (("submit", (30, 9)), ("accept", (30, 11)), ("arrive", (29, 9)), ("follow", (20, 10)))),
    Told(1, (("submit", (15, 9)), ("decline", (15, 14)))),
)
OUT = (
    Told(1, (("submit", (0, None)),)),
    Told(1, (("submit", LATE),)),
    Told(2, (("submit", (10, 9)), ("approve", (10, 11)))),
    Told(2, (("submit", (44, 9)), ("approve", (44, 11)), ("close", (15, 15)))),
    Told(1, (("submit", (20, 9)), ("decline", (20, 11)))),
)
# Duties raised without a referral; the day they are due is `due` days after they are planned.
FOLLOW_UPS = (
    Told(4, (("plan", (6, 9)),), due=11),
    Told(4, (("plan", (20, 9)),), due=17),
    Told(4, (("plan", (30, 9)), ("follow", (15, 10))), due=16),
    Told(2, (("plan", (30, 9)), ("miss", (10, 16))), due=18),
)
