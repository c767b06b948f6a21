"""Run as a process on a county that an older release made and the present code migrated: pages, a step, the chain.

The environment names the database; what is found is printed as JSON. The worker is not running, so that no deadline of
a county made long ago passes while we look.
"""

from __future__ import annotations

import json
import sys

import django


PASSWORD = "yigongti"
PAGES = {
    "cunyi": ("/", "/residents", "/cases", "/residents/new"),
    "xianyi": ("/", "/cases", "/capacity/beds"),
    "xiantai": ("/", "/cases"),
    "shuju": ("/", "/organisations"),
    "weijian": ("/", "/parameters"),
}


def main() -> dict[str, object]:
    """What each says, who signs in with the password of the older release."""
    from django.test import Client

    answers, record, step = {}, 0, {}
    for login, addresses in PAGES.items():
        client = Client(SERVER_NAME="127.0.0.1")
        entered = client.post("/sign-in", {"login": login, "password": PASSWORD})
        answers[login] = [entered.status_code, *(client.get(address).status_code for address in addresses)]
        if login == "cunyi":
            record = record_page(client)
        if login == "xiantai":
            step = one_step(client)
    return {"answers": answers, "record": record, "step": step, "chain": chain()}


def record_page(client: object) -> int:
    """The lifelong record of somebody this village doctor looks after."""
    from yigongti.kernel.access.models import Account, Post
    from yigongti.residents.models import Resident

    post = Post.objects.get(account=Account.objects.get(login="cunyi"))
    person = Resident.objects.filter(managing__unit_id=post.unit_id).first()
    return client.get(f"/residents/{person.pk}/record").status_code


def one_step(client: object) -> dict[str, object]:
    """The desk accepts the first referral that waits for it, and the case tells it."""
    lines = client.get("/api/worklist").json()["lines"]
    number = next(line["number"] for line in lines if line["step"] == "accept")
    answer = client.post(
        f"/api/cases/{number}/accept", json.dumps({"given": {}}), content_type="application/json",
        headers={"Idempotency-Key": "0f0e3b52-5b0b-4a2c-9f3b-6b8a4f6a1c11"},
    )  # fmt: skip
    told = client.get(f"/api/cases/{number}").json()
    return {"status": answer.status_code, "state": told["state"], "last": told["acts"][0]["step"], "number": number}


def chain() -> dict[str, object]:
    """What is wrong with it after the new entries were sealed, and every hash it holds."""
    from yigongti.kernel.audit import seals
    from yigongti.kernel.audit.models import Seal

    while seals.seal_waiting():
        pass
    return {"faults": list(seals.faults()), "hashes": list(Seal.objects.values_list("hash", flat=True))}


if __name__ == "__main__":
    django.setup()
    sys.stdout.write(json.dumps(main(), ensure_ascii=False))
