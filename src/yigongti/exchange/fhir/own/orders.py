"""An order of the record as the request that it is (ServiceRequest) and as the work that is done on it (Task)."""

from __future__ import annotations

from yigongti.exchange.fhir.own.parts import Made, Raw, address, at, coding, concept, full, refer, system_of
from yigongti.exchange.policy import fhir_own as words
from yigongti.exchange.policy import fhir_own_orders as rule
from yigongti.kernel.language import say
from yigongti.record.queries.vocabulary import ORDER_STATES


def _shared(row: Raw) -> Made:
    asker = " ".join(filter(None, (row["asks_name"], row["author"])))
    return full(
        identifier=_numbers(row), intent="order", priority=words.PRIORITIES.get(row["urgency"] or ""),
        code=concept(coding(system_of(row["system"]), row["code"]), text=row["title"]), encounter=refer(row["visit"]),
        authoredOn=at(row["opened"]), requester=refer(address("Organization", row["asks"]), asker),
    )  # fmt: skip


def _numbers(row: Raw) -> list[Made]:
    """A number is its institution's: that stands in its system."""
    told = (("PLAC", row["number"], f"{rule.PLACER_OF}{row['asks']}"),
            ("FILL", row["filler"], f"{rule.FILLER_OF}{row['filler_of']}"))  # fmt: skip
    return [{"type": concept(coding(rule.NUMBER_KINDS, kind)), "system": system, "value": number}
            for kind, number, system in told if number]  # fmt: skip


def _whom(row: Raw) -> Made:
    """By name too: who is to carry it out need not reach the person otherwise."""
    return refer(address("Patient", row["master_id"]), row["whom"])


def _performer(row: Raw) -> Made:
    return refer(address("Organization", row["does"]), row["does_name"])


def service_request(row: Raw) -> Made:
    """What is to be examined, of whom, by whom, why."""
    performer = _performer(row)
    return _shared(row) | full(
        status=rule.ORDER_STATUS[row["state"]], subject=_whom(row), performer=[performer] if performer else [],
        reasonCode=[{"text": row["said"]}] if row["said"] else [],
    )  # fmt: skip


def task(row: Raw) -> Made:
    """How far it is: in the county's words in businessStatus, what came of it in output, why it can't be in reason."""
    state = say(ORDER_STATES.get(row["state"], "不能执行"))
    report = {"type": {"text": say("报告")}, "valueReference": refer(row["answer"])}
    return _shared(row) | full(
        status=rule.ORDER_TASK_STATUS[row["state"]], statusReason=full(text=row["unable"]),
        businessStatus=concept(coding(rule.ORDER_STATE, row["state"], state), text=state), focus=refer(row["asked"]),
        for_=_whom(row), lastModified=at(row["at"]), owner=_performer(row), output=[report] if row["answer"] else [],
    )  # fmt: skip
