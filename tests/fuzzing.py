"""New examples for a parser, sixty a round: a few fixed rounds in the usual run, as many as time allows with --all.

Whether the house stands must not be luck: the usual run tries the same examples every time, the long one new ones.
"""

from __future__ import annotations

import os
import secrets
import time

from hypothesis import HealthCheck, Phase, given, seed, settings


SHORT, LONG = 1.0, 45.0
ROUNDS = 6
"""In the usual run, where a second does not end them before."""


def seconds_asked(config):
    """How long each parser is tried: a second in the usual run; more with --all or YIGONGTI_FUZZ_SECONDS."""
    asked = os.environ.get("YIGONGTI_FUZZ_SECONDS")
    return float(asked) if asked else LONG if config.getoption("--long") else SHORT


def tried(check, strategy, seconds):
    """Round after round; what fails is shrunk and shown by hypothesis."""
    one_round = settings(
        max_examples=60, deadline=None, database=None, phases=(Phase.explicit, Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck), print_blob=False,
    )  # fmt: skip
    usual, number, until = seconds == SHORT, 0, time.monotonic() + seconds
    while time.monotonic() < until and not (usual and number == ROUNDS):
        one_round(seed(number if usual else secrets.randbits(64))(given(strategy)(check)))()
        number += 1
