"""Run as a process beside a service: makes a tiny county in its database, and later says what is to be found there.

`python -m tests.site.killed_county make` prints whom to sign in as and whom to refer; `… found` prints the story of
every case as the tables tell it. The environment names the database, as for every command of the house.
"""

from __future__ import annotations

import json
import os
import sys

import django


PATIENTS = int(os.environ.get("YIGONGTI_STORM_PATIENTS", "45"))
"""How long the storm can last: each is referred by somebody, one after the other."""


def make() -> dict[str, object]:
    """Village doctors with patients, a desk, and beds enough for half of them."""
    from tests.factories import account, county, post, resident

    here = county(beds=PATIENTS // 2, slots=0)
    doctors = {}
    for place, room in enumerate((here.village, here.other_village, here.village2)):
        who = account(login=f"doctor{place}")
        post("village_doctor", room, account_=who)
        doctors[who.login] = [resident(room, name=f"患者{n}").pk for n in range(PATIENTS // 3)]
    post("referral_desk", here.hospital, account_=account(login="desk"))
    return {"doctors": doctors, "department": here.cardiology.pk}


def found() -> dict[str, object]:
    """Cases with their acts, their live stay and their entries in the trail; what lies in the journal; the chain."""
    from yigongti.capacity.models import Stay
    from yigongti.kernel.audit import journal, seals, trail
    from yigongti.kernel.audit.models import Entry
    from yigongti.kernel.workflow.models import Case, Clock

    trail.replay_journal()
    cases = [
        {
            "number": case.number, "person": case.person_id, "state": case.state, "version": case.version,
            "acts": list(case.acts.order_by("sequence").values_list("step", "frm", "to")),
            "stays": list(Stay.objects.filter(case_number=case.number).exclude(state="ended").values_list("state")),
            "clocks": sorted(set(
                Clock.objects.filter(case=case, fired_at=None, stopped_at=None).values_list("state", flat=True)
            )),
            "entries": list(Entry.objects.filter(kind="write", facts__number=case.number).order_by("id").values_list(
                "action", flat=True
            )),
        }
        for case in Case.objects.order_by("pk")
    ]  # fmt: skip
    return {
        "cases": cases,
        "journal": str(journal.waits() or ""),
        "chain": list(seals.faults()),
        "unsealed": seals.lag()[0],
    }


if __name__ == "__main__":
    django.setup()
    sys.stdout.write(json.dumps({"make": make, "found": found}[sys.argv[1]]()))
