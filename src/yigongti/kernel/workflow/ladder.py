"""Whose duty it is to answer: the roster hook, kept by the chapter that owns rosters."""

from yigongti.kernel.workflow.rooms import answer_roster, on_duty


__all__ = ["answer_roster", "on_duty"]
