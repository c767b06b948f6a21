"""A referral as the request that it is (ServiceRequest) and as the work that is done on it (Task)."""

from __future__ import annotations

from yigongti.exchange.fhir.own.parts import Made, Raw, address, at, coding, concept, full, noted, refer
from yigongti.exchange.policy import fhir_own as words
from yigongti.kernel.language import say
from yigongti.kernel.parameters.codes import code_lists
from yigongti.kernel.workflow import rooms
from yigongti.record.queries.vocabulary import code_of_diagnosis
from yigongti.referral.queries import REASONS


def _shared(row: Raw) -> Made:
    code = coding(words.REFERRAL_KIND, row["kind"], words.REFERRALS[row["kind"]])
    return full(
        identifier=[{"system": words.CASE_NUMBER, "value": row["number"]}], intent="order",
        priority=words.PRIORITIES[row["urgency"]], code=concept(code, text=words.REFERRALS[row["kind"]]),
        authoredOn=at(row["opened"]), requester=refer(address("Organization", row["asks"]), row["asks_name"]),
    )  # fmt: skip


def _receiver(row: Raw) -> Made:
    return refer(address("Organization", row["does"]), row["does_name"])


def _label(listed: str, code: str) -> str:
    return say(code_lists[listed].label(code)) if code else ""


def service_request(row: Raw) -> Made:
    """What is asked for: whom, of whom, why."""
    icd10 = coding(words.KNOWN_SYSTEMS["icd10"], code_of_diagnosis(row["diagnosis"]))
    diagnosis = concept(icd10, text=row["diagnosis"])
    reason = concept(coding(words.REFERRAL_REASON, row["reason"]), text=_label(REASONS[row["kind"]], row["reason"]))
    receiver = _receiver(row)
    return _shared(row) | full(
        status=words.REQUEST_STATUS[row["state"]], category=[concept(coding(*words.PATIENT_REFERRAL))],
        subject=refer(address("Patient", row["master_id"])), performer=[receiver] if receiver else [],
        reasonCode=[one for one in (diagnosis, reason) if one], note=noted(row["summary"], row["treatment_so_far"]),
    )  # fmt: skip


def task(row: Raw) -> Made:
    """Where it stands: the state as the county has it in businessStatus, what came of it in output."""
    state = say(rooms.kept[row["workflow"]].page.state(row["state"]).title)
    return _shared(row) | full(
        status=words.TASK_STATUS[row["state"]], statusReason=_why(row),
        businessStatus=concept(coding(words.CASE_STATE, row["state"], state), text=state),
        focus=refer(address("ServiceRequest", row["root"])), for_=refer(address("Patient", row["master_id"])),
        executionPeriod=full(start=at(row["opened"]), end=at(row["ended"])) if row["ended"] else {},
        lastModified=at(row["at"]), owner=_receiver(row),
        partOf=[refer(address("Task", row["parent"]))] if row["parent"] else [],
        restriction={"period": {"end": at(row["due"])}} if row["due"] else {}, output=_outcome(row),
    )  # fmt: skip


def _why(row: Raw) -> Made:
    reason = _label("referral.decline_reason", row["decline_reason"]) or _label(
        "referral.cancel_reason", row["cancel_reason"])  # fmt: skip
    said = "：".join(one for one in (reason, row["decline_note"]) if one)
    return {"text": said} if said else {}


OUTCOME = {"discharge_summary": "诊治小结", "care_plan": "后续照护计划", "medicines": "带回用药",
           "follow_up_items": "随访要点"}  # fmt: skip


def _outcome(row: Raw) -> list[Made]:
    return [{"type": {"text": label}, "valueString": row[column]} for column, label in OUTCOME.items() if row[column]]
